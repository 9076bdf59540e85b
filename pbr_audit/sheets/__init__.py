"""The part of reading a workbook that runs in a process of its own, under limits.

A workbook reader is native code that a hostile or damaged file can end: it asks for hundreds of gigabytes,
or never comes back. So it runs apart. Nothing here imports more than the standard library and the reader,
for a process is started for every workbook; `pbr_audit.ingest.workbook_process` starts it and speaks with it.
"""
