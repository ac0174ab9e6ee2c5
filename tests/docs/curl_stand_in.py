"""The few options of curl that the README uses, for a machine that has Python and make and nothing else."""

import sys
import urllib.error
import urllib.request


def main(words: list[str]) -> None:
    headers, body, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "--header":
            name, _, value = words.pop(0).partition(":")
            headers[name] = value.strip()
        elif word == "--data":
            body = words.pop(0).encode()
        elif not word.startswith("--"):
            address = word
    request = urllib.request.Request(address, data=body, headers=headers)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    sys.stdout.buffer.write(answer.read())


if __name__ == "__main__":
    main(sys.argv[1:])
