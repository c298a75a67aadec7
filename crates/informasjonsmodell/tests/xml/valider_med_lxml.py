"""Validates XML files against a schema: one line for each file, `gyldig` or `ugyldig` with the first fault's place and rule."""

import sys

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

skjema = etree.XMLSchema(etree.parse(sys.argv[1], PARSER))
for fil in sys.argv[2:]:
    if skjema.validate(etree.parse(fil, PARSER)):
        print("gyldig")
    else:
        feil = skjema.error_log[0]
        print(f"ugyldig linje {feil.line} {feil.type_name}")
