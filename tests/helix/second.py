#!/usr/bin/env python3
"""A second language server for markdown, for the test that Helix shows both.

It stands in for marksman, under whose name run.sh puts it on the PATH: it completes one word
and underlines another.
"""

import json
import sys

WORD = "second-opinion"
FAULT = "basket"
MESSAGE = "The second server does not like baskets"


def receive():
    length = 0
    while (line := sys.stdin.buffer.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def send(message):
    content = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    sys.stdout.buffer.flush()


def findings(text):
    for number, line in enumerate(text.split("\n")):
        # Columns are UTF-16 code units, and no line with the word has anything beyond ASCII.
        at = line.find(FAULT) if line.isascii() else -1
        if at >= 0:
            yield {
                "range": {
                    "start": {"line": number, "character": at},
                    "end": {"line": number, "character": at + len(FAULT)},
                },
                "severity": 2,
                "source": "second",
                "message": MESSAGE,
            }


def answer(method):
    if method == "initialize":
        return {
            "capabilities": {
                "textDocumentSync": 1,
                "completionProvider": {},
            }
        }
    if method == "textDocument/completion":
        return [{"label": WORD, "kind": 1}]
    return None


def publish(document, text):
    send(
        {
            "method": "textDocument/publishDiagnostics",
            "params": {"uri": document["uri"], "diagnostics": list(findings(text))},
        }
    )


def serve():
    while (message := receive()) is not None:
        method, params = message.get("method"), message.get("params") or {}
        if method == "exit":
            break
        if method == "textDocument/didOpen":
            publish(params["textDocument"], params["textDocument"]["text"])
        elif method == "textDocument/didChange":
            publish(params["textDocument"], params["contentChanges"][-1]["text"])
        elif "id" in message and method is not None:
            send({"id": message["id"], "result": answer(method)})


if __name__ == "__main__":
    serve()
