"""Given and family names, the commonest first, and what given names are shortened to.

The first are names that everybody knows, in roughly the order in which they are met; behind them stand names
put together from syllables, so that rare names are nobody's. A diminutive is ordinary English usage.
"""

from pbr_audit.simulate.naming import FAMILY_NAMES, GIVEN_NAMES


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KNOWN_MEN = _words(
    "David John Michael Paul James Andrew Mark Robert Stephen Christopher Daniel Thomas Matthew Peter "
    "Richard William Anthony Ian Simon Kevin Mohammed Joseph Gary Steven Adam Martin Jonathan Benjamin "
    "Lee Alexander Jason Samuel Neil Craig Philip Ryan Nicholas Stuart Sean Luke Timothy Alan Jack Joshua "
    "Liam Graham Charles Edward Patrick Colin George Nathan Scott Shaun Dean Aaron Jamie Kieran Brian "
    "Wayne Keith Gareth Ahmed Ali Raymond Douglas Kenneth Barry Carl Dominic Oliver Gavin Ashley Harry "
    "Connor Lewis Bradley Callum Kyle Jordan Francis Frederick Leonard Ronald Henry Albert Arthur Terence "
    "Gerald Lawrence Malcolm Gregory Vincent Darren Marcus Owen Rhys Hugh Duncan Ross Tariq Imran Omar "
    "Abdul Rajesh Sanjay Vijay Piotr Tomasz Andrei Gabriel Zachary Theodore Maxwell Reginald Trevor Nigel "
    "Roger Derek Clive"
)
KNOWN_WOMEN = _words(
    "Sarah Susan Karen Emma Claire Julie Lisa Nicola Michelle Rebecca Elizabeth Jennifer Laura Margaret "
    "Catherine Amanda Jacqueline Victoria Deborah Helen Samantha Alison Louise Rachel Angela Joanne "
    "Tracey Sharon Christine Jessica Gemma Katherine Amy Charlotte Patricia Hannah Stephanie Natalie Anne "
    "Danielle Kelly Natasha Caroline Lauren Kimberley Heather Fiona Linda Alexandra Carol Barbara Sandra "
    "Mary Maria Dawn Donna Paula Fatima Aisha Kathleen Theresa Judith Georgina Chloe Sophie Olivia Emily "
    "Bethany Jade Megan Leanne Stacey Kirsty Hayley Zoe Abigail Eleanor Frances Isabelle Josephine Pamela "
    "Penelope Philippa Rosemary Ruth Sally Sheila Sylvia Teresa Valerie Veronica Wendy Yvonne Maureen "
    "Marie Lorraine Lesley Gillian Dorothy Diane Denise Cheryl Beverley Annette Priya Anita Samina Nadia "
    "Agnieszka Katarzyna Ewa Bridget Constance Florence Harriet Imogen Lucinda Madeleine Matilda Winifred"
)
KNOWN_FAMILIES = _words(
    "Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson "
    "Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Martin "
    "Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen James Scott Phillips Watson "
    "Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter Richardson Bailey Collins Bell "
    "Shaw Murphy Miller Cox Richards Khan Marshall Anderson Simpson Ellis Adams Singh Begum Wilkinson "
    "Foster Chapman Powell Webb Rogers Gray Mason Ali Hunt Hussain Campbell Matthews Owen Palmer Holmes "
    "Mills Barnes Knight Lloyd Butler Russell Barker Fisher Stevens Jenkins Murray Dixon Harvey Graham "
    "Pearson Ahmed Fletcher Walsh Kaur Gibson Howard Andrews Stewart Elliott Reynolds Saunders Payne Fox "
    "Ford Pearce Day Brooks West Lawrence Cole Atkinson Bradley Spencer Gill Dawson Watts Robertson "
    "O'Connor O'Brien O'Neill McDonald MacDonald McCarthy Hart Burton Francis Grant Newman Shah Rose Reid "
    "Hamilton Osborne Armstrong Nowak Kowalski Smyth Clarkson Thomson Johnston Stephens Phillipson Read "
    "Reade"
)

MEN = KNOWN_MEN + GIVEN_NAMES[::2]
WOMEN = KNOWN_WOMEN + GIVEN_NAMES[1::2]
GIVEN = MEN + WOMEN
FAMILIES = KNOWN_FAMILIES + FAMILY_NAMES

_SHORT = """
David Dave|John Jack Johnny|Michael Mike Mick|James Jim Jimmy Jamie|Andrew Andy Drew|Robert Bob Rob Bobby
Stephen Steve Steven|Christopher Chris Kit|Daniel Dan Danny|Thomas Tom Tommy|Matthew Matt|Peter Pete
Richard Rick Dick Rich|William Bill Will Billy Liam|Anthony Tony Ant|Simon Si|Kevin Kev
Mohammed Muhammad Mohamed Mo|Joseph Joe Joey|Gary Gaz|Steven Steve Stephen|Martin Marty
Jonathan Jon Jonny|Benjamin Ben Benny|Alexander Alex Sandy Xander|Jason Jay|Samuel Sam Sammy
Philip Phil Phillip|Nicholas Nick Nicky|Stuart Stu Stewart|Sean Shaun Shane|Timothy Tim|Alan Al Allan
Joshua Josh|Charles Charlie Chas|Edward Ted Ed Eddie|Patrick Pat Paddy|George Georgie|Nathan Nat Nate
Kenneth Ken Kenny|Raymond Ray|Douglas Doug|Frederick Fred Freddie|Leonard Len Lenny|Ronald Ron Ronnie
Henry Harry Hal|Albert Bert Al|Arthur Art|Terence Terry|Gerald Gerry Jerry|Lawrence Larry Laurie
Gregory Greg|Vincent Vince Vinny|Darren Daz|Bradley Brad|Francis Frank Frankie|Zachary Zach Zak
Theodore Theo Ted|Maxwell Max|Reginald Reg Reggie|Oliver Ollie Olly|Dominic Dom|Susan Sue Susie
Nicola Nicky Nikki|Michelle Shell Chelle|Rebecca Becky Becca|Elizabeth Liz Beth Betty Lizzie
Jennifer Jenny Jen|Margaret Maggie Peggy Meg|Catherine Cathy Kate Cath|Amanda Mandy|Jacqueline Jackie
Victoria Vicky Tori|Deborah Debbie Deb|Samantha Sam|Alison Ali|Angela Angie Ange|Joanne Jo|Sharon Shaz
Christine Chris Chrissie|Jessica Jess Jessie|Katherine Kate Kathy Katie|Charlotte Lottie Charlie
Patricia Pat Trish Tricia|Stephanie Steph|Natalie Nat|Danielle Dani|Natasha Tash Tasha|Caroline Carol Caz
Kimberley Kim|Alexandra Alex Sandra|Barbara Barb Babs|Kathleen Kath Kathy|Theresa Terry Tess|Judith Judy
Georgina George Georgie Gina|Olivia Liv Livvy|Emily Em Millie|Bethany Beth|Megan Meg|Abigail Abby Gail
Eleanor Ellie Nell|Frances Fran Frankie|Isabelle Izzy Belle|Josephine Jo Josie|Pamela Pam|Penelope Penny
Philippa Pippa Pip|Rosemary Rose Rosie|Valerie Val|Veronica Ronnie|Lesley Les|Gillian Gill Jill
Dorothy Dot Dolly|Beverley Bev|Constance Connie|Florence Flo|Harriet Hattie|Matilda Tilly|Winifred Winnie
Madeleine Maddie|Lucinda Lucy Cindy|Agnieszka Aga|Katarzyna Kasia|Tomasz Tomek|Piotr Peter
"""
DIMINUTIVES = {words[0]: words[1:] for words in map(_words, _SHORT.replace("\n", "|").split("|")) if words}
