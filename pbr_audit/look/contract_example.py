"""A contract's terms to begin from, for those who have claims and no file of terms yet."""

CONTRACT_EXAMPLE = """\
# A contract's terms, as an example. Fill in your contract's own, and save it as a file that ends in .toml.
# A file that ends in .example is not read.
standard = "0.1"

[contract]
id = "CONTRACT"                  # as contract_id has it in the claims
title = "Name of the contract"
commissioner = "Name of the commissioner"
prime_id = "PROVIDER"            # as provider_id has it in the claims of the prime
start_date = 2024-04-01
end_date = 2029-03-31
currency = "GBP"
# cap = "12000000.00"            # the whole contract

[[outcome]]                      # one block for each outcome that is paid
code = "OUTCOME"                 # as outcome has it in the claims
label = "What is paid for"
kind = "milestone"               # attachment, milestone, sustainment or cohort
max_per_client = 1
# window_days = [182, 730]       # outcome_date less the client's start_date
# claim_within_days = 90         # submitted_date less outcome_date
# requires = ["ATTACHMENT"]      # outcomes that have to come before it
# evidence = ["payslip"]         # what is accepted as evidence

[[outcome.price]]                # one block for each price, with its dates and payment group
amount = "1200.00"
# group = "18-24"
# from = 2024-04-01
# to = 2025-03-31

# [[supply_chain]]               # one block for each subcontractor
# subcontractor_id = "SUBCONTRACTOR"
# rate = 0.80                    # of the prime's price that is passed on
"""
