"""Judges an RSS 2.0 document from standard input by the rules of the format, and says what a reader would get of it.

Ends with an error and one line for the first fault; otherwise prints a JSON list of the items: guid, title, time (seconds).
"""

import json
import sys
import xml.etree.ElementTree as ET
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

ATOM = "{http://www.w3.org/2005/Atom}"
# What a channel and an item may hold, and what a channel must. Source: RSS 2.0 specification.
KANAL = {
    "title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate",
    "category", "generator", "docs", "cloud", "ttl", "image", "rating", "textInput", "skipHours", "skipDays", "item",
}
KREVD = {"title", "link", "description"}
SAK = {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}


def krev(riktig, hva):
    if not riktig:
        sys.exit(f"RSS: {hva}")


def tid(tekst):
    try:
        lest = parsedate_to_datetime(tekst)
    except ValueError:
        sys.exit("RSS: a time that is not of RFC 822")
    krev(tekst.endswith(" GMT") and lest.utcoffset().total_seconds() == 0, "a time that is not GMT")
    return int(lest.timestamp())


def adresse(tekst):
    deler = urlsplit(tekst or "")
    krev(deler.scheme in ("http", "https") and deler.netloc, "an address that is not whole")


class Bare(HTMLParser):
    def handle_starttag(self, tag, attrs):
        krev(tag == "br" and not attrs, f"markup <{tag}> in a text")


rot = ET.fromstring(sys.stdin.buffer.read())
krev(rot.tag == "rss" and rot.get("version") == "2.0", "the root is not rss 2.0")
krev([barn.tag for barn in rot] == ["channel"], "not one channel")
kanal = rot[0]
navn = [barn.tag for barn in kanal if not barn.tag.startswith("{")]
krev(set(navn) <= KANAL and KREVD <= set(navn), "elements of the channel")
krev(all(navn.count(n) <= 1 for n in set(navn) - {"item", "category"}), "an element of the channel twice")
adresse(kanal.findtext("link"))
selv = kanal.findall(ATOM + "link")
krev(len(selv) == 1 and selv[0].get("rel") == "self", "no link to itself")
adresse(selv[0].get("href"))
krev(int(kanal.findtext("ttl", "1")) > 0, "ttl")
if kanal.find("lastBuildDate") is not None:
    tid(kanal.findtext("lastBuildDate"))
ut = []
for sak in kanal.findall("item"):
    navn = [barn.tag for barn in sak]
    krev(set(navn) <= SAK and ("title" in navn or "description" in navn), "elements of an item")
    krev(all(navn.count(n) <= 1 for n in set(navn) - {"category"}), "an element of an item twice")
    adresse(sak.findtext("link"))
    guid = sak.find("guid")
    krev(guid.get("isPermaLink", "true") == "true", "guid")
    adresse(guid.text)
    leser = Bare()
    leser.feed(sak.findtext("description"))
    leser.close()
    ut.append([guid.text, sak.findtext("title"), tid(sak.findtext("pubDate"))])
krev(len({sak[0] for sak in ut}) == len(ut), "a guid twice")
krev(all(a[2] >= b[2] for a, b in zip(ut, ut[1:])), "not the newest first")
print(json.dumps(ut))
