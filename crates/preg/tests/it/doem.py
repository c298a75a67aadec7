"""Judges XML messages, each followed by a zero byte on standard input: one line for each, `gyldig` or `ugyldig`."""

import sys

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

skjema = etree.XMLSchema(etree.parse(sys.argv[1], PARSER))
for melding in sys.stdin.buffer.read().split(b"\0")[:-1]:
    print("gyldig" if skjema.validate(etree.fromstring(melding, PARSER)) else "ugyldig")
