"""Values for the test: what is valid and what is not, where the schema does not say it in a way that a test can read."""

# By definition: what is valid at its edges, and what is not any more. The first two of each are tried in every field of that
# kind, all in one of them. The schema's own examples and defaults are tried as well.
EDGES = {
    "name": (["x" * 100, "9", "A.b_c-d"], ["x" * 101, "", ".a", "-a", "a b", "a/b", "ä"]),
    "organization_id": (["x" * 128, "9"], ["x" * 129, "", "_a", "a/b"]),
    "credential": (["x" * 255, "9"], ["x" * 256, "", ".", "..", "a/b"]),
    "variable": (["X" * 255, "_", "A1"], ["X" * 256, "", "1A", "A-B", "A B"]),
    "username": (["x" * 1024, "a", "ä b"], ["x" * 1025, "", "a:b", "a\nb", "a\u007fb"]),
    "path": (["/" + "x" * 4094, "/", "/ä b"], ["/" + "x" * 4095, "x", "", "./x", "~/x", "/a\nb", "/a\tb"]),
    "socket": (["/" + "x" * 106, "/s"], ["/" + "x" * 107, "s", "", "/a\nb"]),
    "url": (
        ["https://h", "http://localhost:8080/x", "https://h/", "https://h:1/a%20b", "https://h:65535", "https://192.0.2.7",
         "https://[2001:db8::7]:8443/x", "https://a_b.example.com.", "http://x.localhost", "http://127.1.2.3", "http://[::1]/x",
         "http://[0:0:0:0:0:0:0:1]:8080", "http://[0::0001]"],
        ["http://h", "h", "", "ftp://h", "https://", "https:///x", "https://h:0", "https://h:65536", "https://h:99999",
         "https://h:x", "https://u@h", "https://u:p@h", "https://h?q", "https://h/#f", "https://h/a b", "https://h/%zz", "https://a..b",
         "https://ä.example.com", "https://[fe80::1%25eth0]", "https://2001:db8::7", "http://10.0.0.1",
         "http://localhost.example.com", "http://127.0.0.1.example.com", "http://127.0.0.256", "http://[::2]", "http://[::1:0]",
         "http://[::10]",
         "https://h/" + "x" * 2039]),
    "proxy": (["none", "environment"], ["None", "direct", "", "http://proxy:3128"]),
    "proxy_url": (["http://p:1", "HTTP://p:65535/", "http://p:080", "http://192.0.2.7:3128", "http://[::1]:3128"],
                  ["http://p", "http://p:", "p:3128", "", "https://p:3128", "socks5://p:1080", "http://u:p@h:3128", "http://:3128",
                   "http://p:0", "http://p:65536", "http://p:80800", "http://p:3128/x", "http://p:3128?x", "http://a b:1",
                   "http://a..b:1"]),
    "host": (["h", "::1", "a.b.", "A_b", "2001:db8::192.0.2.7"],
             ["h:443", "https://h", "", ".", "a..b", "h/x", "[::1]", "a b", "[h]", "ä", "fe80::1%eth0"]),
    "hostname": (["x" * 63, "https://a", "a", "A-9", "http://a.b:1/c?d#e"],
                 ["x" * 64, "a.b", "", "-a", "a-", "a_b", "ftp://a", "https://", "https://a_b.c", "ä"]),
    "listen": (["0.0.0.0:0", "255.255.255.255:65535", "127.0.0.1:09847", "[::]:1", "[::ffff:192.0.2.7]:1"],
               ["127.0.0.1:65536", "127.0.0.1:99999", "127.0.0.1", "", "127.0.0.1:", ":9847", "localhost:1", "::1:1", "[::1]",
                "[127.0.0.1]:1", "256.0.0.1:1", "127.0.1:1", "127.0.0.01:1", "127.0.0.1:x", "127.0.0.1:-1", "None", "http://127.0.0.1:1"]),
    "date": (["2000-02-29", "9999-12-31"],
             ["2027-13-01", "2027-01-32", "", "2027-1-31", "2027-00-01", "2027-01-00", "31.01.2027", "2027-01-31T00:00:00Z",
              " 2027-01-31"]),
    "opening": (["00:00", "23:59"], ["24:00", "1:00", "", "12:60", "12:00:00", "12.00", "+1:00"]),
    "closing": (["00:00", "23:59"], ["24:01", "1:00", "", "25:00", "12:60", "12:00:00"]),
    "cron": (["* * * * *", "*/5 8-18/2 1,15 * mon-FRI", "0\t0  1 JAN 7", "@midnight", "@annually"],
             ["* * * *", "@reboot", "", "* * * * * *", "@Daily", "? * * * *", "x * * * *", "0 3 * * sat#1", "0 0 L * *"]),
    "time_zone": (["UTC", "America/New_York", "Etc/GMT+5"], ["Europe Berlin", "", "Ünited"]),
    "duration": (["0s", "36525d", "0d", "01h", "876600h", "1d1h1m1s1ms"], ["100000d", "10000000000000s"]),
    "interval": (["1ms", "36525d", "3155760000s"], ["0s", "100000d", "0d0h"]),
    "duration_or_never": (["1m", "36525d", "60s", "60000ms"], ["59s", "100000d", "0s", "59999ms", "Never", "always"]),
    "timeout": (["1ms", "1h", "60m", "3600s", "3600000ms", "59m59s999ms"], ["0s", "2h", "61m", "3601s", "3600001ms", "1d"]),
    "backoff": (["1ms", "1d", "24h", "1440m", "86400s", "86400000ms"], ["0s", "2d", "25h", "1441m", "86401s", "86400001ms"]),
    "settle": (["0s", "1d", "24h", "1440m", "86400s", "86400000ms"], ["2d", "86400001ms", "25h", "1441m", "86401s"]),
}
# Of each kind of duration.
NO_DURATION = ["", "5", "m", "1.5h", "-1h", "1h 30m", "30m1h", "1h1h", "1w", "1H", "5 minutes"]

# What is no text to YAML and all the same taken as it is written: a name may be 5. The schema wants it in quotes.
TEXT_AS_WRITTEN = {name: (int, bool) for name in ("name", "organization_id", "credential", "username", "host", "hostname")}
TEXT_AS_WRITTEN["variable"] = (bool,)
