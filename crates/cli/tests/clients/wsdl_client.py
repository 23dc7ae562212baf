"""Reads the served WSDL with zeep, which nobody of this project wrote, and makes a message of every
operation: names, order and types come from the description alone."""

import sys

import zeep
from lxml import etree


def value(kind):
    """A value of a type, with everything that is required."""
    if isinstance(kind, zeep.xsd.ComplexType):
        required = [(n, e) for n, e in kind.elements if e.min_occurs]
        members = required or kind.elements
        return {name: value(element.type) for name, element in members}
    words = {"CurrencyCode": "USD"}
    return words.get(kind.name, "1")


def main():
    seen = []
    for address in sys.argv[1:]:
        client = zeep.Client(address)
        (service,) = client.wsdl.services.values()
        (port,) = service.ports.values()
        assert service.name == "AmazonFPS" and port.name == "AmazonFPSPort"
        assert port.binding.port_type.name.localname == "AmazonFPSPortType"
        for name, operation in port.binding._operations.items():
            kind = operation.input.body.type
            arguments = {n: value(e.type) for n, e in kind.elements if e.min_occurs}
            message = client.create_message(client.service, name, **arguments)
            body = message[-1][0]
            assert etree.QName(body).localname == name
            assert operation.soapaction == "urn:" + name
            seen.append(name)
        print(port.binding_options["address"], len(port.binding._operations))
    print(" ".join(sorted(set(seen))))


main()
