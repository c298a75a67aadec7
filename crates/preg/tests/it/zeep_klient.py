"""A client by zeep: our WSDL and theirs have the same signatures, requests are made from ours, and our answers are read.

Lines on standard output: LIK for each signature that is the same, SENDT and an envelope, SVAR and a file that was read.
"""

import datetime
import sys
from pathlib import Path

from lxml import etree
from zeep import Client
from zeep.wsse.username import UsernameToken
from zeep.wsse.utils import WSU

theirs, ours = map(Path, sys.argv[1:3])


def ports(folder):
    client = Client(str(folder / "PersonRegistry.wsdl"))
    out = {}
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            for name, operation in port.binding._operations.items():
                for part in ("input", "output"):
                    out[port.name, name, part] = getattr(operation, part).signature(as_output=part == "output")
    return client, out


_, deres = ports(theirs)
client, vaare = ports(ours)
assert {port for port, *_ in vaare} == {"WSHttpBinding_IPersonRegistry", "username"}
for (port, name, part), signature in vaare.items():
    assert signature == deres["WSHttpBinding_IPersonRegistry", name, part], (port, name, part)
    print("LIK", port, name, part, sep="\t")

stamp = WSU.Timestamp(WSU.Created("2026-01-14T10:00:00.000Z"), WSU.Expires("2026-01-14T10:05:00.000Z"))
client.wsse = UsernameToken("testbruker", "syntetisk", timestamp_token=stamp)
service = client.bind("PersonRegistry", "username")


def head(interaction):
    return {
        "id": {"root": "1.2.3.4", "extension": "a"},
        "versionCode": {"code": "NE2010NO"},
        "interactionId": {"root": "2.16.840.1.113883.1.6", "extension": interaction},
        "processingCode": {"code": "T"},
        "processingModeCode": {"code": "T"},
        "receiver": [{"typeCode": "RCV", "device": {"classCode": "DEV", "determinerCode": "INSTANCE"}}],
    }


def query(interaction, parameters):
    act = {"classCode": "CACT", "moodCode": "EVN", "queryByParameter": {"parameterList": parameters}}
    return {"query": {**head(interaction), "controlActProcess": act}}


def request(interaction, person):
    role = {"typeCode": "SBJ", "identifiedPerson": {"classCode": "IDENT", **person}}
    author = {"typeCode": "AUT", "assignedEntity": {"classCode": "ASSIGNED"}}
    registration = {"classCode": "REG", "moodCode": "RQO", "subject1": role, "author": author}
    subject = {"typeCode": "SUBJ", "registrationRequest": registration}
    act = {"classCode": "CACT", "moodCode": "RQO", "subject": [subject]}
    return {"request": {**head(interaction), "controlActProcess": act}}


FH = {"root": "2.16.578.1.12.4.1.4.3", "extension": "80000000000"}
ANNEN = {"root": "2.16.578.1.12.4.1.4.3", "extension": "90000000000"}
NAVN = {"use": ["L"], "_value_1": [{"given": {"qualifier": []}}, {"family": {"qualifier": []}}]}
PERSON = {"identifiedPerson": {"classCode": "PSN", "determinerCode": "INSTANCE", "name": [NAVN], "birthTime": {"value": "1984"}}}
LENKE = [{"typeCode": "IDENT", "otherIdentifiedPerson": {"classCode": "IDENT", "id": ANNEN}}]
REQUESTS = {
    "FindCandidates": query(
        "PRPA_IN101305NO01",
        {"personName": [{"value": [NAVN]}], "personBirthTime": [{"value": [{"value": "19840317"}]}]},
    ),
    "GetDemographics": query("PRPA_IN101307NO01", {"identifiedPersonIdentifier": [{"value": [FH]}]}),
    "AddPerson": request("PRPA_IN101311NO01", PERSON),
    "RevisePersonRecord": request("PRPA_IN101314NO01", {"id": [FH], **PERSON}),
    "LinkPersonRecords": request("PRPA_IN101901NO01", {"id": [FH], "identifiedBy": LENKE}),
    "UnlinkPersonRecords": request("PRPA_IN101911NO01", {"id": [FH], "identifiedBy": LENKE[0]}),
}
for name, arguments in REQUESTS.items():
    envelope = client.create_message(service, name, **arguments)
    # zeep knows no text beside elements, which is what the parts of a name are by the schema; it is put in by hand.
    for part, text in ("given", "Kari"), ("family", "Test"):
        for element in envelope.iter("{urn:hl7-org:v3}" + part):
            element.text = text
    print("SENDT", etree.tostring(envelope).decode(), sep="\t")

for path in sorted(ours.glob("*-response*.xml")):
    operation = service._binding.get(path.name.split("-")[0])
    answer = operation.process_reply(etree.fromstring(path.read_bytes()))
    code = answer.acknowledgement[0].typeCode
    assert code in ("AA", "AE", "AR"), path
    print("SVAR", path.name, code, sep="\t")
