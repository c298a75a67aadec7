"""Compares two folders' `PersonRegistry.wsdl`, `PersonRegistry1.xsd` and `PersonRegistry.xsd`: theirs, then ours.

Schemas: every global element, type and list of codes, by name, must say the same. WSDL: everything that theirs has must be
in ours, addresses aside. A line for each difference; nothing when there is none; last a line of counts.
"""

import sys
from pathlib import Path

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
XS = "{http://www.w3.org/2001/XMLSchema}"
DEFAULTS = {
    "element": {"minOccurs": "1", "maxOccurs": "1", "nillable": "false"},
    "choice": {"minOccurs": "1", "maxOccurs": "1"},
    "sequence": {"minOccurs": "1", "maxOccurs": "1"},
    "complexType": {"abstract": "false", "mixed": "false"},
    "complexContent": {"mixed": "false"},
    "attribute": {"use": "optional"},
}
QNAMES = {"type", "base", "itemType", "ref", "message", "element", "binding"}


def qname(node, value):
    prefix, _, name = value.rpartition(":")
    return f"{{{node.nsmap.get(prefix or None)}}}{name}"


def form(node, address=None):
    """An element as nested tuples, in which prefixes, defaults and white space do not count."""
    plain = etree.QName(node).localname
    attributes = dict(DEFAULTS.get(plain, {})) if node.tag.startswith(XS) else {}
    for key, value in node.attrib.items():
        attributes[key] = qname(node, value) if key in QNAMES and plain != "PolicyReference" else value
    if address:
        attributes = {k: v.replace(address[0], "ADRESSE").replace(address[1], "VERT") for k, v in attributes.items()}
    text = (node.text or "").strip()
    if address:
        text = text.replace(address[0], "ADRESSE").replace(address[1], "VERT")
    return node.tag, tuple(sorted(attributes.items())), text, tuple(form(c, address) for c in node)


def schema(path):
    root = etree.parse(path, PARSER).getroot()
    out = {("schema", k): v for k, v in root.attrib.items()}
    for child in root:
        if child.tag == XS + "import":
            out["import", child.get("namespace")] = True
        else:
            out[child.tag, child.get("name")] = form(child)
    return out


def wsdl(path):
    root = etree.parse(path, PARSER).getroot()
    location = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap12/}address").get("location")
    address = location, location.split("/")[2].split(":")[0]
    out = {("definitions", k): v for k, v in root.attrib.items()}
    for child in root:
        kind = etree.QName(child).localname
        name = child.get("name") or next((v for k, v in child.attrib.items() if k.endswith("Id")), "")
        if kind == "service":
            for port in child:
                out["port", port.get("name")] = form(port, address)
        elif kind == "types":
            out["imports", ""] = sorted(e.get("namespace") for e in child.iter(XS + "import"))
        elif kind == "Policy":
            # The assertions of a policy have no order.
            out[kind, name] = unordered(form(child))
        else:
            out[kind, name] = form(child)
    return out


def unordered(node):
    tag, attributes, text, children = node
    return tag, attributes, text, tuple(sorted(unordered(c) for c in children))


theirs, ours = map(Path, sys.argv[1:3])
counts = []
for name, read, exact in [
    ("PersonRegistry.xsd", schema, True),
    ("PersonRegistry1.xsd", schema, True),
    ("PersonRegistry.wsdl", wsdl, False),
]:
    a, b = read(str(theirs / name)), read(str(ours / name))
    for key in a:
        if a[key] != b.get(key):
            print("ULIK", name, key)
    for key in b.keys() - a.keys() if exact else []:
        print("NY", name, key)
    counts.append(len(a))
print("SAMMENLIKNET", *counts)
