#include "net/connect_reply.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>

using namespace tunnelkeyd;
using Catch::Matchers::Contains;
using state = net::connect_reply::state;

namespace {

state feed(net::connect_reply& reply, std::string_view text, std::size_t piece = std::string_view::npos) {
    auto now = state::more;
    while (!text.empty() && now == state::more) {
        const auto space = reply.prepare();
        const auto size = std::min({text.size(), piece, space.size()});
        std::memcpy(space.data(), text.data(), size);
        text.remove_prefix(size);
        now = reply.commit(size);
    }
    return now;
}

}  // namespace

TEST_CASE("a 2xx opens the way, in whatever pieces it comes") {
    const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{7}, std::string_view::npos);
    const std::string text =
        GENERATE("HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nVia: squid\r\n\r\n",
                 "HTTP/1.1 204 Fine\r\n\r\n",
                 // Neither counts in such a reply (RFC 9110, section 9.3.6).
                 "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length:\r\nVia: squid\r\n\r\n",
                 "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nCONTENT-LENGTH: 2\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "HTTP/1.1 200 OK\r\ntransfer-encoding: ???, chunked\r\nContent-Length: 1\r\n\r\n",
                 "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    net::connect_reply reply;
    CHECK(feed(reply, text, piece) == state::open);
    CHECK(reply.status() / 100 == 2);
    CHECK(reply.bytes_read() == text.size());
}

TEST_CASE("bytes behind a 2xx that the server cannot have sent yet close the way") {
    net::connect_reply reply;
    CHECK(feed(reply, "HTTP/1.1 200 OK\r\n\r\nx") == state::failed);
    CHECK(reply.status() == 0);
    CHECK_FALSE(reply.problem().empty());
}

TEST_CASE("a refusal tells its status, what logins there are, and Squid's word for it") {
    net::connect_reply reply;
    const auto text =
        "HTTP/1.1 407 Proxy Authentication Required\r\nX-Squid-Error: ERR_CACHE_ACCESS_DENIED 0\r\n"
        "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Digest realm=\"a, b\", nonce=c, Basic "
        "realm=\"x\"\r\n"
        "Content-Length: 5\r\n\r\nhello";
    CHECK(feed(reply, text) == state::failed);
    CHECK(reply.status() == 407);
    CHECK(reply.schemes() == "Negotiate, Digest, Basic");
    CHECK(reply.detail() == "ERR_CACHE_ACCESS_DENIED");
}

TEST_CASE("a refusal is told whatever length it claims to have") {
    const std::string lengths =
        GENERATE("Content-Length: abc\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
                 "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n");
    net::connect_reply reply;
    CHECK(feed(reply, "HTTP/1.1 403 Forbidden\r\n" + lengths + "\r\n") == state::failed);
    CHECK(reply.status() == 403);
}

TEST_CASE("a proxy's own words are taken only where they are harmless") {
    net::connect_reply reply;
    std::string text = "HTTP/1.1 503 x\r\nX-Squid-Error: \x1b[31mERR\r\n";
    for (int i = 0; i < 100; ++i)
        text += "Proxy-Authenticate: " + std::string(30, 'a') + "\r\n";
    CHECK(feed(reply, text + "\r\n") == state::failed);
    CHECK(reply.detail().empty());
    CHECK(reply.schemes().size() < 200);
}

TEST_CASE("what is no reply, or has no end, is given up on") {
    const std::string endless(64 * 1024, 'a');
    std::string interim;
    for (int i = 0; i < 17; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string text = GENERATE_COPY(
        std::string("\x15\x03\x03\x00\x02\x02\x46\r\n", 9), std::string("SSH-2.0-OpenSSH_9.2\r\n"),
        "HTTP/1.1 200 " + endless, "HTTP/1.1 200 OK\r\nX: " + endless, interim + "HTTP/1.1 200 OK\r\n\r\n");
    net::connect_reply reply;
    CHECK(feed(reply, text) == state::failed);
    CHECK(reply.status() == 0);
    CHECK_FALSE(reply.problem().empty());
    CHECK(reply.bytes_read() <= 40 * 1024);
}

TEST_CASE("half a reply is none yet") {
    net::connect_reply reply;
    CHECK(feed(reply, "HTTP/1.1 200 OK\r\n") == state::more);
}
