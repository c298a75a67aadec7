"""Judges what stands in the body of envelopes, each followed by a zero byte on standard input, by the schema that is named: one line for each."""

import sys

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
S = "http://www.w3.org/2003/05/soap-envelope"

schema = etree.XMLSchema(etree.parse(sys.argv[1], PARSER))
for envelope in sys.stdin.buffer.read().split(b"\0")[:-1]:
    (body,) = etree.fromstring(envelope, PARSER).find(f"{{{S}}}Body")
    alone = etree.fromstring(etree.tostring(body), PARSER)
    print("gyldig" if schema.validate(alone) else f"ugyldig {schema.error_log.last_error.path} {schema.error_log.last_error.type_name}")
