"""`python -m pbr_audit` is the same command as `pbr-audit`."""

from pbr_audit.cli import main

if __name__ == "__main__":
    main()
