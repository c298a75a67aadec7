"""Judges XML fragments against XML schemas, one at a time, until its input ends.

A line `skjema LENGTH` and that many bytes adds a schema; a line `NUMBER LENGTH` and that many bytes is a document for the
schema of that number. The answer to each is one line: `gyldig`, or the place and rule of the first fault.
"""

import sys

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

skjemaer = []
while linje := sys.stdin.buffer.readline():
    hva, lengde = linje.split()
    dokument = etree.fromstring(sys.stdin.buffer.read(int(lengde)), PARSER)
    if hva == b"skjema":
        skjemaer.append(etree.XMLSchema(dokument))
        svar = "gyldig"
    elif skjemaer[int(hva)].validate(dokument):
        svar = "gyldig"
    else:
        feil = skjemaer[int(hva)].error_log[0]
        svar = f"lxml: linje {feil.line} {feil.type_name}"
    print(svar, flush=True)
