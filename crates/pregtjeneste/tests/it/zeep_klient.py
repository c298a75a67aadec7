"""A client by zeep against the running service: the served WSDL, six operations, and a wrong password.

Arguments: where the WSDL is, a number of the copy, when messages are made and when they expire, a user and a password; and where the service is, where
the WSDL does not say it. Lines on standard output: operation, code of the acknowledgement, and what else is told.
"""

import sys

from zeep import Client
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken
from zeep.wsse.utils import WSU

url, number, created, expires, user, password, *address = sys.argv[1:]
client = Client(url)
if address:
    # The published description has one port, and a machine that nobody else knows.
    (published,) = client.wsdl.services.values()
    (port,) = published.ports.values()
    service = client.create_service(str(port.binding.name), *address)
else:
    service = client.bind("PersonRegistry", "username")


def sign_in(user, password):
    stamp = WSU.Timestamp(WSU.Created(created), WSU.Expires(expires))
    client.wsse = UsernameToken(user, password, timestamp_token=stamp)


messages = iter(range(1, 1000))


def head(interaction):
    return {
        "id": {"root": "1.2.3.4", "extension": f"zeep-{next(messages)}"},
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


def ii(number):
    root = {**dict.fromkeys("0123", 1), **dict.fromkeys("4567", 2)}.get(number[0], 3)
    return {"root": f"2.16.578.1.12.4.1.4.{root}", "extension": number}


def show(name, answer, more=""):
    print(name, answer.acknowledgement[0].typeCode, more, sep="\t")
    return answer


def found(answer):
    return answer.controlActProcess.subject[0].registrationEvent.subject1.identifiedPerson


sign_in(user, password)
answer = service.GetDemographics(**query("PRPA_IN101307NO01", {"identifiedPersonIdentifier": [{"value": [ii(number)]}]}))
show("GetDemographics", answer, answer.controlActProcess.queryAck.queryResponseCode.code + " " + found(answer).id[0].extension)
birth = found(answer).identifiedPerson.birthTime.value

PERSON = {"identifiedPerson": {"classCode": "PSN", "determinerCode": "INSTANCE", "birthTime": {"value": "1984"}}}
answer = show("AddPerson", service.AddPerson(**request("PRPA_IN101311NO01", PERSON)))
fh = found(answer).id[0].extension
revised = {"identifiedPerson": {**PERSON["identifiedPerson"], "birthTime": {"value": "198502"}}}
answer = service.RevisePersonRecord(**request("PRPA_IN101314NO01", {"id": [ii(fh)], **revised}))
show("RevisePersonRecord", answer, found(answer).identifiedPerson.birthTime.value)
link = [{"typeCode": "IDENT", "otherIdentifiedPerson": {"classCode": "IDENT", "id": ii(fh)}}]
show("LinkPersonRecords", service.LinkPersonRecords(**request("PRPA_IN101901NO01", {"id": [ii(number)], "identifiedBy": link})))
answer = service.GetDemographics(**query("PRPA_IN101307NO01", {"identifiedPersonIdentifier": [{"value": [ii(fh)]}]}))
show("GetDemographics", answer, "OK " + found(answer).id[0].extension)
show("UnlinkPersonRecords", service.UnlinkPersonRecords(**request("PRPA_IN101911NO01", {"id": [ii(number)], "identifiedBy": link[0]})))
parameters = {"personId": [{"value": [ii(number)]}], "personBirthTime": [{"value": [{"value": birth}]}]}
answer = service.FindCandidates(**query("PRPA_IN101305NO01", parameters))
show("FindCandidates", answer, str(answer.controlActProcess.queryAck.resultTotalQuantity.value))

sign_in(user, password + "-og-mer")
try:
    service.GetDemographics(**query("PRPA_IN101307NO01", {"identifiedPersonIdentifier": [{"value": [ii(number)]}]}))
except Fault as fault:
    print("Fault", fault.message, sep="\t")
