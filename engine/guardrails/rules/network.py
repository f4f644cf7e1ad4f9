"""G4: the network, whichever library it is reached through."""

from __future__ import annotations

from engine.guardrails.family import Family, Module, each, names
from engine.guardrails.rule import block

_LIBRARIES = (
    "ssl ftplib smtplib poplib imaplib nntplib telnetlib smtpd asyncore asynchat socketserver http.client "
    "http.server "
    "urllib.request urllib2 urllib3 httplib httplib2 requests httpx aiohttp paramiko websocket websockets "
    "pycurl "
    "scapy twisted tornado flask fastapi uvicorn django boto boto3 botocore redis pymongo psycopg2 "
    "pymysql MySQLdb "
    "zmq grpc dns nmap selenium playwright mechanize scrapy ftputil pysftp asyncssh smbclient kafka pika "
    "stomp "
    "wsgiref xmlrpc.client xmlrpc.server cgi CGIHTTPServer SimpleHTTPServer uvloop trio.socket anyio "
    "gevent eventlet "
    "openai anthropic groq ollama huggingface_hub transformers wget bottle sanic starlette ldap3 pyftpdlib "
    "impacket netmiko nltk.download"
)

FAMILY = Family(
    rules=(
        block(
            "G401", "Uses the network", "{name} reaches the network",
            "Take the data as an argument; nothing outside is to be reached.",
        ),
    ),
    paths={
        **dict.fromkeys(_LIBRARIES.split(), "G401"),
        **each(
            "G401", "asyncio", "open_connection start_server open_unix_connection start_unix_server "
            "create_server"
        ),
        **each(
            "G401", "asyncio.loop()", "create_connection create_server create_datagram_endpoint sock_connect "
            "create_unix_connection create_unix_server sock_sendall getaddrinfo connect_accepted_socket"
        ),
        **each("G401", "logging.handlers", "SocketHandler DatagramHandler SysLogHandler SMTPHandler "
            "HTTPHandler"),
        "logging.config.listen": "G401", "urllib.urlopen": "G401", "urllib.urlretrieve": "G401",
        "urllib.robotparser": "G401", "http.cookiejar": "", "multiprocessing.connection.Connection": "G401",
        "requests.exceptions": "", "urllib.error": "", "http.HTTPStatus": "", "urllib.parse": "",
        "uuid.getnode": "G701", "cgi.escape": "", "webbrowser.open": "G401",
    },
    modules={
        "socket": Module(
            "G401", names("inet_aton inet_ntoa inet_pton inet_ntop htons htonl ntohs ntohl error timeout "
            "gaierror herror")
        ),
        "select": Module("G401", names("error")), "selectors": Module("G401"),
    },
    methods={"create_datagram_endpoint": "G401", "create_unix_connection": "G401"},
)  # fmt: skip
