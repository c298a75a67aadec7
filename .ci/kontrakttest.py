"""Holds a running demo against the OpenAPI that it serves, with schemathesis.

For each package: the document is fetched, a token asked for, and every operation called with what the document allows and
what it does not, from a seed. No answer may be a 5xx (501 apart, which three operations document), have a status, a media
type or a header that is not described, or a body outside its schema; none may be given without a token; a method that is
not there must be refused.

    kontrakttest.py SCHEMATHESIS PROGRAM DATA BASE lang|kort|kontroll PAKKE...

`kontroll` holds the service against a document from which the answer 400 is taken out, and must find that. Prints a line a run: package, form, cases, failures. Ends with an error if there is a failure.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

# The checks of the tool that the contract answers to. Left out: those that would have parameters nobody documents refused,
# and strings that are no number of a person accepted.
KONTROLLER = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
]
# The published schemas describe JSON; how XML looks is said by the XSDs, and judged by tests of their own.
KONTROLLER_XML = [k for k in KONTROLLER if k != "response_schema_conformance"]
# A token lives two minutes, and a run has one.
SEKUNDER_MAKS = 90

INNSTILLINGER = """
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 501]
"""


def kommando(program, data, *argumenter):
    return subprocess.run(
        [program, *argumenter, "--data", data], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


def hent(adresse, token):
    foresporsel = urllib.request.Request(adresse, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(foresporsel, timeout=30) as svar:
        return json.load(svar)


def kjente(program, data, base, dokument, token):
    """Numbers and document identifiers that exist, so that the tool comes past 404."""
    personer = list(json.loads(kommando(program, data, "navngitte", "--json")).values())
    rot = base + dokument["servers"][0]["url"]
    feed = hent(f"{rot}/v1/hendelser/feed?seq=1", token)
    hendelser = [linje["hendelse"] for linje in feed]
    return {
        "person": personer[:20],
        "hendelsesdokument": [h["hendelsesdokument"] for h in hendelser if "hendelsesdokument" in h][:20],
        "persondokument": [h["persondokument"] for h in hendelser if "persondokument" in h][:20],
        "part": sorted(["navn", "historikk", "person-basis", "foedsel", "bostedsadresse", "sivilstand"]),
    }


def kjoer(verktoey, program, data, base, lengde, pakke, form):
    token = kommando(program, data, "token", "--pakke", pakke)
    adresse = f"{base}/folkeregisteret/openapi/{pakke}.json"
    dokument = hent(adresse, token)
    with tempfile.TemporaryDirectory() as mappe:
        innstillinger = os.path.join(mappe, "schemathesis.toml")
        with open(innstillinger, "w", encoding="utf-8") as fil:
            fil.write(INNSTILLINGER)
        miljoe = dict(os.environ)
        miljoe["SCHEMATHESIS_HOOKS"] = "kontrakttest_kroker"
        miljoe["PYTHONPATH"] = os.path.dirname(os.path.abspath(__file__))
        miljoe["PYTHONDONTWRITEBYTECODE"] = "1"
        miljoe["KONTRAKTTEST_KJENTE"] = json.dumps(kjente(program, data, base, dokument, token))
        sted = adresse
        if lengde == "kontroll":
            for sti in dokument["paths"].values():
                for operasjon in sti.values():
                    operasjon["responses"].pop("400", None)
            sted = os.path.join(mappe, "dokument.json")
            with open(sted, "w", encoding="utf-8") as fil:
                json.dump(dokument, fil)
        argumenter = [verktoey, "--config-file", innstillinger, "run", sted]
        argumenter += ["--url", base + dokument["servers"][0]["url"]]
        argumenter += ["--header", f"Authorization: Bearer {token}", "--header", f"Accept: {form}"]
        argumenter += ["--phases", "coverage,fuzzing", "--seed", "1", "--generation-database", "none", "--no-color"]
        argumenter += ["--checks", ",".join(KONTROLLER if form == "application/json" else KONTROLLER_XML)]
        argumenter += ["--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"]
        argumenter += ["--max-time", str(SEKUNDER_MAKS)] if lengde == "lang" else ["--max-examples", "40"]
        utfall = subprocess.run(
            argumenter, capture_output=True, text=True, env=miljoe, cwd=mappe, timeout=SEKUNDER_MAKS + 200
        )
    tall = re.search(r"(\d[\d,]*) generated(?:, (\d[\d,]*) found \d+ unique failures?)?", utfall.stdout)
    antall = int(tall.group(1).replace(",", "")) if tall else 0
    feil = 0 if utfall.returncode == 0 else 1
    unike = re.search(r"(\d+) unique failures?", utfall.stdout)
    feil = max(feil, int(unike.group(1)) if unike else 0)
    print(f"KONTRAKT {pakke} {form} {antall} {feil}", flush=True)
    if feil or antall == 0:
        # The token is of a demo and dies in two minutes; it is left out all the same.
        print((utfall.stdout + utfall.stderr).replace(token, "…"), flush=True)
    return feil == 0 and antall > 0


def main():
    verktoey, program, data, base, lengde, *pakker = sys.argv[1:]
    runder = [(pakke, "application/json") for pakke in pakker]
    if lengde != "kontroll":
        runder += [(pakke, "application/xml") for pakke in (pakker if lengde == "lang" else pakker[:1])]
    utfall = [kjoer(verktoey, program, data, base, lengde, pakke, form) for pakke, form in runder]
    sys.exit(0 if utfall and all(utfall) else 1)


if __name__ == "__main__":
    main()
