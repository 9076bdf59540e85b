"""Headers as returns of different trades have them, each with the column that is meant ("": none).

Made up after the habits of welfare-to-work, probation, council, social-impact-bond and American pay-for-success
returns; nobody's file. A header that could be meant in two ways stands with the one that its reader would name.
"""

Header = tuple[str, str, str]

# name of the file, table, (header, column, kind of cells as `looking.cells` makes them)
SETS: dict[str, tuple[str, str, list[Header]]] = {
    "a welfare-to-work prime's outcome claims": (
        "Outcome claims Q3.csv", "claims",
        [
            ("Claim Ref No", "claim_id", "id:OC"), ("Contract Package Area", "contract_id", "word:CPA03|CPA04"),
            ("Prime Provider", "provider_id", "word:PR01"), ("Delivery Partner", "subcontractor_id", "word:SB01|SB02"),
            ("Participant PO Number", "client_id", "id:P"), ("NINO", "", "nino"), ("Surname", "", "family"),
            ("Outcome Type", "outcome", "word:JO|SU1|SU2"), ("Date of Outcome", "outcome_date", "dmy"),
            ("Date Claim Submitted", "submitted_date", "dmy+14"), ("Amount Claimed (£)", "amount", "pounds"),
            ("Claim Status", "status", "word:Paid|Submitted|Rejected"), ("Employer Name", "employer_id", "word:Acme|Bolt"),
            ("Job Start Date", "job_start_date", "dmy+-90"), ("Hours per week", "", "few"), ("Tier", "tier", "word:Prime"),
            ("Comments", "", "free"),
        ],
    ),
    "participants of the same": (
        "participants.csv", "clients",
        [
            ("Participant ID", "client_id", "id:P"), ("First Name", "given_name", "given"), ("Surname", "family_name", "family"),
            ("DOB", "date_of_birth", "dmy+-9000"), ("Gender", "sex", "word:M|F"), ("Postcode", "postcode", "postcode"),
            ("NI Number", "national_id", "nino"), ("Payment Group", "group", "word:PG1|PG2"), ("CPA", "contract_id", "word:CPA03"),
            ("Provider", "provider_id", "word:PR01|SB01"), ("Adviser", "advisor_id", "id:A"),
            ("Referral Date", "referral_date", "dmy"), ("Attachment Date", "start_date", "dmy+14"),
            ("Completion Date", "end_date", "dmy+400"), ("Exit Reason", "end_reason", "word:Completed|Moved|Other"),
            ("Ethnicity", "", "word:A1|B2"), ("Length of unemployment", "", "whole"),
        ],
    ),
    "probation service outcomes": (
        "CRC payment return.csv", "claims",
        [
            ("Claim ID", "claim_id", "id:CRC"), ("CRN", "client_id", "id:X"), ("Supplier", "provider_id", "word:Alder|Birch"),
            ("Contract Ref", "contract_id", "word:CRC01"), ("Milestone", "outcome", "word:M1|M2"),
            ("Achieved Date", "outcome_date", "date"), ("Submission Date", "submitted_date", "date+10"),
            ("Offender Manager", "advisor_id", "id:OM"), ("Invoice Amount", "amount", "money"), ("Paid?", "", "word:Y|N"),
            ("Payment Date", "paid_date", "date+40"), ("Sentence Type", "", "word:CO|SSO"), ("Order End Date", "", "date+300"),
        ],
    ),
    "offenders supervised": (
        "caseload.csv", "clients",
        [
            ("Case Reference Number", "client_id", "id:X"), ("PNC ID", "person_ref", "id:PN"), ("Forename", "given_name", "given"),
            ("Family Name", "family_name", "family"), ("Date of Birth", "date_of_birth", "date+-9000"),
            ("Responsible Officer", "advisor_id", "id:OM"), ("LDU", "area", "word:North|South"),
            ("Order Start Date", "start_date", "date"), ("Termination Date", "end_date", "date+300"),
            ("Termination Reason", "end_reason", "word:Completed|Revoked|Died"), ("OGRS Score", "risk_score", "rate"),
            ("Main Offence", "", "word:Theft A|Drugs B"), ("Contract", "contract_id", "word:CRC01"),
            ("Provider Code", "provider_id", "word:ALD|BIR"),
        ],
    ),
    "a council's families": (
        "Supporting Families claims.csv", "claims",
        [
            ("Family ID", "client_id", "id:F"), ("Claim Reference", "claim_id", "id:SF"), ("Claim Type", "outcome", "word:SSP|CE"),
            ("Local Authority", "", "word:Northshire"), ("Date Outcome Achieved", "outcome_date", "dmy"),
            ("Date of Claim", "submitted_date", "dmy+20"), ("Claim Amount", "amount", "pounds"), ("Keyworker", "advisor_id", "id:K"),
            ("Evidence Source", "", "word:School|DWP"), ("Headline 1 met", "", "word:Yes|No"), ("Headline 2 met", "", "word:Yes|No"),
            ("Internal audit sign off", "", "word:Yes|No"), ("Notes", "", "free"),
        ],
    ),
    "a social impact bond's rate card": (
        "SIB invoice line items.csv", "claims",
        [
            ("Invoice Line ID", "claim_id", "id:IL"), ("Service User Ref", "client_id", "id:SU"),
            ("Rate Card Outcome", "outcome", "word:ETE1|ACC3"), ("Outcome achieved on", "outcome_date", "dmy"),
            ("Date Invoiced", "submitted_date", "dmy+30"), ("Outcome Payment", "amount", "pounds"),
            ("Delivery Organisation", "subcontractor_id", "word:Kettle|Anchor"), ("Lead Provider", "provider_id", "word:Beacon"),
            ("Type of Evidence", "evidence_type", "word:payslip|tenancy"), ("Evidence Ref", "evidence_ref", "id:EV"),
            ("Cohort", "cohort", "word:1|2"), ("Cumulative total", "", "pounds"), ("VAT", "", "money"),
        ],
    ),
    "housing support registrations": (
        "service users.csv", "clients",
        [
            ("Service User ID", "client_id", "id:SU"), ("Name", "", "full"), ("Mobile", "phone", "phone"),
            ("Email address", "email", "email"), ("Local Authority", "area", "word:Leeds A|York B"),
            ("Date of Referral", "referral_date", "dmy"), ("Engagement Start Date", "start_date", "dmy+5"),
            ("Case Closed Date", "end_date", "dmy+200"), ("Reason for Closure", "end_reason", "word:Moved|Withdrew"),
            ("Support Worker", "advisor_id", "id:W"), ("Delivered by", "provider_id", "word:Kettle|Anchor"),
            ("Rough sleeping at entry", "", "word:Yes|No"), ("Sexual orientation", "", "word:A|B"),
        ],
    ),
    "adult learning": (
        "learners.csv", "clients",
        [
            ("Learner Reference Number", "client_id", "id:L"), ("ULN", "person_ref", "id:90"), ("Family Name", "family_name", "family"),
            ("Given Names", "given_name", "given"), ("UKPRN", "provider_id", "word:10001234|10004321"),
            ("Learn Start Date", "start_date", "date"), ("Planned End Date", "", "date+365"),
            ("Learn Actual End Date", "end_date", "date+350"), ("Withdrawal Reason", "end_reason", "word:2|3"),
            ("Completion Status", "", "few"), ("Postcode", "postcode", "postcode"), ("Prior attainment", "", "few"),
        ],
    ),
    "referrals from a jobcentre": (
        "Referral log.csv", "referrals",
        [
            ("Referral Ref", "referral_id", "id:R"), ("Referring Jobcentre", "referrer_id", "word:JC1|JC2"),
            ("Provider", "provider_id", "word:PR01|PR02"), ("CPA", "contract_id", "word:CPA03"), ("Referred On", "referral_date", "dmy"),
            ("Referral Status", "decision", "word:Accepted|Rejected"), ("Date Accepted", "decision_date", "dmy+6"),
            ("Rejection Reason", "reason", "word:DNA|no place"), ("Participant ID", "client_id", "id:P"),
            ("Payment Group", "group", "word:PG1|PG2"), ("Interpreter needed", "", "word:Y|N"),
        ],
    ),
    "a log of contacts": (
        "Contact log.csv", "activities",
        [
            ("Case Ref", "client_id", "id:C"), ("Contact Date", "activity_date", "dmy"), ("Contact Type", "activity_type", "word:phone|visit"),
            ("Duration (mins)", "minutes", "whole"), ("Key Worker", "advisor_id", "id:K"), ("Provider", "provider_id", "word:A1|B2"),
            ("Attended", "", "word:Y|N"), ("Next appointment", "", "dmy+14"), ("Notes", "", "free"),
        ],
    ),
    "tests of reading": (
        "assessment results.csv", "measurements",
        [
            ("Pupil ID", "client_id", "id:U"), ("School Code", "provider_id", "word:S01|S02"), ("Test Name", "outcome", "word:READ|MATH"),
            ("Test Date", "measured_date", "date"), ("Scale Score", "measured_value", "whole"), ("Contract", "contract_id", "word:ED1"),
            ("Year group", "", "few"), ("Examiner", "advisor_id", "id:E"), ("Free school meals", "", "word:Y|N"),
        ],
    ),
    "facts from benefit records": (
        "custody and benefit spells.csv", "events",
        [
            ("Customer ID", "client_id", "id:C"), ("Event Type", "event", "word:Custody|Benefit"), ("From Date", "start_date", "date"),
            ("To Date", "end_date", "date+60"), ("Source System", "source", "word:CIS|NOMIS"), ("Match confidence", "", "percent"),
        ],
    ),
    "the supply chain": (
        "supply chain.csv", "providers",
        [
            ("Supplier Code", "provider_id", "id:S"), ("Organisation Name", "name", "full"), ("Role in supply chain", "role", "word:Prime|Subcontractor"),
            ("Sector", "sector", "word:private|voluntary"), ("Companies House Number", "org_id", "id:0"),
            ("Parent Company", "parent_id", "word:S1001|S1008"), ("Contact name", "", "full"), ("Share of referrals", "", "percent"),
        ],
    ),
    "published contract performance": (
        "WP stats.csv", "performance",
        [
            ("Contract", "contract_id", "word:CPA1|CPA2"), ("Prime Provider", "provider_id", "word:A1|B2"), ("Month", "period", "word:2016-01|2016-02"),
            ("Measure", "outcome", "word:JO|SU"), ("Number eligible", "cohort_size", "whole"), ("Number achieved", "achieved", "few"),
            ("% achieved", "", "percent"), ("Target", "target", "rate"), ("Rank", "", "few"), ("RAG rating", "", "word:R|A|G"),
        ],
    ),
    "American pay for success": (
        "PFS payment requests.csv", "claims",
        [
            ("Payment Request ID", "claim_id", "id:PR"), ("Grantee", "provider_id", "word:Harbor|Mesa"), ("Award Number", "contract_id", "word:AW-7"),
            ("Enrollee ID", "client_id", "id:E"), ("Milestone Type", "outcome", "word:HOUSED|STABLE"),
            ("Milestone Achieved Date", "outcome_date", "mdy"), ("Submitted On", "submitted_date", "mdy+12"),
            ("Requested Amount", "amount", "money"), ("Amount Paid", "paid_amount", "money"), ("Pay Date", "paid_date", "mdy+40"),
            ("Case Manager", "advisor_id", "id:CM"), ("Subrecipient", "subcontractor_id", "word:East|West"), ("County", "", "word:K1|K2"),
        ],
    ),
    "American enrollments": (
        "enrollments.csv", "clients",
        [
            ("Enrollee ID", "client_id", "id:E"), ("First Name", "given_name", "given"), ("Last Name", "family_name", "family"),
            ("SSN", "national_id", "nino"), ("Zip Code", "postcode", "zip"), ("Enrollment Date", "start_date", "mdy"),
            ("Exit Date", "end_date", "mdy+200"), ("Exit Reason", "end_reason", "word:Completed|Moved"), ("Agency", "provider_id", "word:Harbor|Mesa"),
            ("Veteran status", "", "word:Y|N"), ("Household size", "", "few"), ("Annual income", "", "money"),
        ],
    ),
    "validation visits": (
        "Validation checks.csv", "checks",
        [
            ("Claim Reference", "claim_id", "id:OC"), ("Date Checked", "check_date", "dmy"), ("Method of Check", "method", "word:telephone|visit"),
            ("Validation Result", "result", "word:confirmed|contradicted"), ("Checked By", "checker", "id:V"), ("Sample type", "selected_by", "word:random|risk"),
            ("Batch", "", "few"), ("Follow up needed", "", "word:Y|N"),
        ],
    ),
    "a return that names little": (
        "Q3 returns v2 FINAL.csv", "claims",
        [
            ("Ref", "claim_id", "id:Q"), ("Participant", "client_id", "id:P"), ("Type", "outcome", "word:JOB|ATT"), ("Date", "outcome_date", "dmy"),
            ("Received", "submitted_date", "dmy+9"), ("Fee", "amount", "pounds"), ("Late?", "", "word:Y|N"), ("Checked", "", "word:AB|CD"),
        ],
    ),
}  # fmt: skip

# Written when the synonyms were done. None was added for them; the rule that compares headers word by word was.
STRANGERS: dict[str, tuple[str, str, list[Header]]] = {
    "a restart scheme's earnings outcomes": (
        "restart validated outcomes.csv", "claims",
        [
            ("Unique Claim Identifier", "claim_id", "id:RS"), ("Contract Area", "contract_id", "word:R1|R2"),
            ("Provider Org", "provider_id", "word:PR01"), ("PRaP ID", "client_id", "id:PP"),
            ("Outcome Level", "outcome", "word:LOW|HIGH"), ("Earnings threshold met on", "outcome_date", "dmy"),
            ("Claim lodged", "submitted_date", "dmy+20"), ("Value (£)", "amount", "pounds"),
            ("HMRC check", "", "word:Y|N"), ("Validated by", "", "id:V"), ("Validation date", "", "dmy+40"),
        ],
    ),
    "a youth offending team": (
        "YOT interventions.csv", "activities",
        [
            ("YP Ref", "client_id", "id:Y"), ("Intervention Date", "activity_date", "dmy"),
            ("Intervention Type", "activity_type", "word:group|one"), ("Time (minutes)", "minutes", "whole"),
            ("YOT worker", "advisor_id", "id:W"), ("Commissioned provider", "provider_id", "word:A1|B2"),
            ("Victim contact", "", "word:Y|N"), ("Risk level", "", "word:L|M|H"),
        ],
    ),
    "drug treatment, by person": (
        "treatment journeys.csv", "clients",
        [
            ("Attributor", "", "id:AT"), ("Client ID", "client_id", "id:C"), ("Agency Code", "provider_id", "word:L0001|L0002"),
            ("Initials", "", "word:AB|CD"), ("Date of birth", "date_of_birth", "dmy+-9000"), ("Sex", "sex", "word:1|2"),
            ("DAT of residence", "area", "word:N01B|N02B"), ("Triage date", "", "dmy"), ("Modality start date", "start_date", "dmy+9"),
            ("Discharge date", "end_date", "dmy+150"), ("Discharge reason", "end_reason", "word:Completed|Transferred"),
            ("Main drug", "", "word:heroin|alcohol"),
        ],
    ),
    "a housing first bond": (
        "outcome payments log.csv", "claims",
        [
            ("Outcome claim #", "claim_id", "id:H"), ("Resident ref", "client_id", "id:R"), ("Trigger", "outcome", "word:T1|T2"),
            ("Trigger date", "outcome_date", "date"), ("Claim date", "submitted_date", "date+15"),
            ("Payment requested (£)", "amount", "pounds"), ("Paid (£)", "paid_amount", "pounds"), ("Date paid", "paid_date", "date+45"),
            ("Landlord", "", "word:Acorn|Briar"), ("Tenancy start", "", "date+-100"), ("SPV", "provider_id", "word:SPV1"),
        ],
    ),
    "an American workforce board": (
        "WIOA exits.csv", "clients",
        [
            ("Participant ID #", "client_id", "id:W"), ("First", "given_name", "given"), ("Last", "family_name", "family"),
            ("Date of Program Entry", "start_date", "mdy"), ("Date of Exit", "end_date", "mdy+200"),
            ("Reason for Exit", "end_reason", "word:Completed|Other"), ("Provider Name", "provider_id", "word:Harbor|Mesa"),
            ("Case Mgr", "advisor_id", "id:M"), ("County of residence", "area", "word:K1|K2"), ("Wages Q2", "", "money"),
            ("Grant #", "contract_id", "word:G-1"), ("Cell Phone", "phone", "phone"),
        ],
    ),
    "quarterly results of a tagging contract": (
        "KPI return.csv", "performance",
        [
            ("Contract Ref", "contract_id", "word:EM1"), ("Supplier Name", "provider_id", "word:A1|B2"),
            ("Reporting Quarter", "period", "word:2016-Q1|2016-Q2"), ("KPI", "outcome", "word:K1|K2"),
            ("Total in scope", "cohort_size", "whole"), ("Total met", "achieved", "few"), ("Performance %", "", "percent"),
            ("Target %", "target", "percent"), ("Service credits (£)", "", "pounds"), ("Commentary", "", "free"),
        ],
    ),
}  # fmt: skip

# Written after all of it, and nothing was changed for them: how a stranger's file fares.
UNSEEN: dict[str, tuple[str, str, list[Header]]] = {
    "a family nurse programme": (
        "FNP outcomes 2023-24.csv", "claims",
        [
            ("Claim no.", "claim_id", "id:F"), ("Mother ID", "client_id", "id:M"), ("Site", "provider_id", "word:A1|B2"),
            ("Outcome achieved", "outcome", "word:BF|SMK"), ("Date of visit", "outcome_date", "dmy"),
            ("Date claim sent", "submitted_date", "dmy+21"), ("Tariff £", "amount", "pounds"), ("Nurse", "advisor_id", "id:N"),
            ("Gestation weeks", "", "few"), ("Consent", "", "word:Y|N"),
        ],
    ),
    "a fostering bond's children": (
        "children in programme.csv", "clients",
        [
            ("Child ref", "client_id", "id:CH"), ("Child's forename", "given_name", "given"), ("Child's surname", "family_name", "family"),
            ("D.O.B.", "date_of_birth", "date+-5000"), ("Placement start", "start_date", "date"), ("Placement end", "end_date", "date+300"),
            ("Why ended", "end_reason", "word:Moved|Completed"), ("Placing authority", "area", "word:Kent|Sussex"),
            ("Agency", "provider_id", "word:A1|B2"), ("Social worker", "advisor_id", "id:SW"), ("Legal status", "", "word:S20|S31"),
        ],
    ),
    "a jobs scheme's vacancies filled": (
        "placements.csv", "claims",
        [
            ("Claim Reference No.", "claim_id", "id:J"), ("Candidate ID", "client_id", "id:C"), ("Provider ID", "provider_id", "word:P1|P2"),
            ("Agreement No", "contract_id", "word:AG1"), ("Payment Stage", "outcome", "word:13W|26W"),
            ("Stage reached on", "outcome_date", "dmy"), ("Invoice date", "submitted_date", "dmy+14"), ("Net amount (£)", "amount", "pounds"),
            ("VAT amount (£)", "", "pounds"), ("Employer", "employer_id", "word:Acme|Bolt"), ("First day at work", "job_start_date", "dmy+-91"),
            ("Proof held", "evidence_type", "word:payslip|letter"), ("Queries", "", "free"),
        ],
    ),
    "a school's attendance bonus": (
        "attendance figures.csv", "performance",
        [
            ("Academy", "provider_id", "word:A1|B2"), ("Term", "period", "word:2016-Q1|2016-Q2"), ("Indicator", "outcome", "word:ATT|EXC"),
            ("Pupils on roll", "cohort_size", "whole"), ("Pupils meeting target", "achieved", "few"), ("Rate", "", "percent"),
            ("National average", "", "percent"),
        ],
    ),
}  # fmt: skip
