"""How values go together: what schema and loader both take, what both refuse, and where they differ on purpose."""

BASE = """\
version: 1
organizations:
  - {name: acme, id: acme-id, api_key: {file: /etc/tunnelkeyd/secrets/acme}}
tunnels:
  - name: jira
    hostname: jira-host
    instance: {url: https://jira.example.com, auth: {bearer: {file: /etc/tunnelkeyd/secrets/jira}}}
"""


def with_more(lines):
    return BASE + lines + "\n"


def with_tunnel(text):
    return with_more("  - " + text)


def with_defaults(text):
    return with_more("defaults: " + text)


AUTH = "auth: {bearer: {file: /x}}"

NO_AUTH = BASE.replace(", auth: {bearer: {file: /etc/tunnelkeyd/secrets/jira}}", "")
TWO_ORGANIZATIONS = BASE.replace("tunnels:", "  - {name: b, id: b, api_key: {file: /x}}\ntunnels:")

BOTH_TAKE = [
    ("nothing but the version", "version: 1"),
    ("two organizations and no tunnel", TWO_ORGANIZATIONS.split("tunnels:")[0]),
    ("credentials from the defaults", NO_AUTH + f"defaults: {{instance: {{{AUTH}}}}}"),
    ("other credentials than the defaults'", with_defaults("{instance: {auth: {basic: {username: a, password: {env: A}}}}}")),
    ("the organization from the defaults", TWO_ORGANIZATIONS + "defaults: {organization: b}"),
    ("cron instead of the defaults' every", BASE + '    schedule: {cron: "@daily"}\ndefaults: {schedule: {every: 1d}}'),
    ("no windows instead of the defaults'",
     BASE + '    schedule: {windows: []}\ndefaults: {schedule: {windows: [{from: "01:00", to: "02:00"}]}}'),
    ("no proxy instead of the defaults'", BASE.replace(", auth:", ", proxy: none, auth:")
     + 'defaults: {instance: {proxy: {url: "http://p:1"}}}'),
    ("an alias", with_more("cloud: {timeout: &wait {connect: 5s}}\ndefaults: {instance: {timeout: *wait}}")),
]

BOTH_REFUSE = [
    ("nothing", "# only a comment"),
    ("a secret in two places", with_more("state: {sealing_key: {file: /x, env: X}}")),
    ("a secret nowhere", with_more("state: {sealing_key: {}}")),
    ("a secret itself", with_more("state: {sealing_key: hunter2}")),
    ("a client's key without its certificate", with_more("cloud: {tls: {client_key: /k}}")),
    ("a key's password without a certificate", with_defaults("{instance: {tls: {client_key: /k, client_key_password: {env: A}}}}")),
    ("a token and a password", with_defaults("{instance: {auth: {bearer: {env: A}, basic: {username: a, password: {env: A}}}}}")),
    ("credentials that only end", with_defaults("{instance: {auth: {expires: 2027-01-31}}}")),
    ("no credentials", NO_AUTH),
    ("no credentials in the defaults either", NO_AUTH + "defaults: {instance: {timeout: {connect: 1s}}}"),
    ("one of two organizations, unnamed", TWO_ORGANIZATIONS),
    ("tunnels without organizations", "version: 1\ntunnels:" + BASE.split("tunnels:")[1]),
    ("tunnels of no organization", "version: 1\norganizations: []\ntunnels:" + BASE.split("tunnels:")[1]),
    ("every and cron", with_defaults('{schedule: {every: 1d, cron: "@daily"}}')),
    ("a name in the defaults", with_defaults("{name: jira}")),
    ("a hostname in the defaults", with_defaults("{hostname: jira-host}")),
    ("a URL in the defaults", with_defaults("{instance: {url: https://jira.example.com}}")),
    ("a user of a proxy without a password", with_more('cloud: {proxy: {url: "http://p:1", username: x}}')),
    ("a password of a proxy without a user", with_more('cloud: {proxy: {url: "http://p:1", password: {env: X}}}')),
    ("a merge key", with_more("x: &x {every: 1d}\ndefaults: {schedule: {<<: *x}}")),
]

# A schema looks at one value at a time, and knows neither time zones nor calendars.
LOADER_ALONE_REFUSES = [
    ("two tunnels of one name", with_tunnel(f"{{name: jira, hostname: b, instance: {{url: https://b, {AUTH}}}}}")),
    ("two tunnels of one hostname", with_tunnel(f"{{name: b, hostname: jira-host, instance: {{url: https://b, {AUTH}}}}}")),
    ("two tunnels of one instance",
     with_tunnel(f"{{name: b, hostname: b, instance: {{url: https://jira.example.com/, {AUTH}}}}}")),
    ("two tunnels of one instance, its address in two spellings",
     with_tunnel(f"{{name: b, hostname: b, instance: {{url: 'https://[2001:db8::7]', {AUTH}}}}}")
     + f"  - {{name: c, hostname: c, instance: {{url: 'https://[2001:DB8:0::0007]:443', {AUTH}}}}}"),
    ("two organizations of one name", BASE.replace("tunnels:", "  - {name: acme, id: b, api_key: {file: /x}}\ntunnels:")
     .replace("hostname:", "organization: acme\n    hostname:")),
    ("two organizations of one id", BASE.replace("tunnels:", "  - {name: b, id: acme-id, api_key: {file: /x}}\ntunnels:")
     .replace("hostname:", "organization: acme\n    hostname:")),
    ("an organization that is not there", with_defaults("{organization: nobody}")),
    ("a backoff's first wait that is longer than its longest", with_defaults("{retry: {calm: {initial: 2h}}}")),
    ("a window that never opens", with_defaults('{schedule: {windows: [{from: "01:00", to: "01:00"}]}}')),
    ("a time zone that is not there", with_defaults("{schedule: {time_zone: Europe/Berlinn}}")),
    ("a day that no calendar has", BASE.replace("secrets/acme}", "secrets/acme}, api_key_expires: 2027-02-29")),
    ("a cron expression out of bounds", with_defaults('{schedule: {cron: "60 3 * * sat"}}')),
    ("a cron expression that never comes", with_defaults('{schedule: {cron: "0 0 30 2 *"}}')),
    ("units that are too long together", with_more("cloud: {timeout: {connect: 1h1ms}}")),
    ("more than a century, by less than its digits show", with_defaults("{schedule: {every: 36526d}}")),
    ("an IPv6 address that is none", with_more('health: {listen: "[1:2:3]:9847"}')),
    ("a host that begins like an IPv4 address", with_more("cloud: {url: https://192.0.2.7.example.com}")),
    ("a path that is too long in bytes, not in characters", with_more(f"control: {{socket: /{'ä' * 60}}}")),
    # How a value is written is lost when YAML has been read.
    ("a number in hexadecimal", with_more("cloud: {max_in_flight: 0x8}")),
    ("a number with a leading zero", with_more("cloud: {max_in_flight: 08}")),
    ("a number with a point", with_more("cloud: {max_in_flight: 8.0}")),
    ("true in capitals", with_defaults("{instance: {preflight: {status: TRUE}}}")),
]

# A wrong warning in an editor is rare and harmless here.
LOADER_ALONE_TAKES = [
    ("a number for a text, which other programs want in quotes", BASE.replace("name: jira", "name: 5")),
    ("true for a text, which other programs want in quotes", BASE.replace("name: jira", "name: true")),
    ("a TLS version without quotes, which is a number", with_more("cloud: {tls: {min_version: 1.3}}")),
    ("the file's version in quotes", BASE.replace("version: 1", 'version: "1"')),
    ("a URL's scheme in capitals", with_more("cloud: {url: HTTPS://api.example.com}")),
    ("localhost in capitals", with_more("cloud: {url: http://LOCALHOST}")),
]
