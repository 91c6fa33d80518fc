#include "net/reply_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

using namespace tunnelkeyd;
using net::reply_reader;
using state = net::reply_reader::state;

namespace {

/// Feeds it `size` bytes at a time, and stops when it has had enough.
state feed(reply_reader& reader, std::string_view text, std::size_t size = 100'000) {
    auto now = state::more;
    while (!text.empty() && now == state::more) {
        const auto space = reader.prepare();
        const auto part = std::min({size, text.size(), space.size()});
        std::memcpy(space.data(), text.data(), part);
        text.remove_prefix(part);
        now = reader.commit(part);
    }
    return now;
}

core::exchange result_of(reply_reader& reader) {
    core::exchange result;
    reader.take(result);
    return result;
}

const std::string simple = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

TEST_CASE("a reply is the same in one piece and byte by byte") {
    const std::size_t size = GENERATE(1, 2, 7, 100'000);
    const std::string text = GENERATE_COPY(
        as<std::string>{}, simple,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + simple);
    reply_reader reader;
    REQUIRE(feed(reader, text, size) == state::complete);
    CHECK(reader.bytes_read() == text.size());
    CHECK(reader.keeps_connection());
    const auto result = result_of(reader);
    CHECK(result.status == 200);
    CHECK(result.body.reveal() == "hi");
}

TEST_CASE("a status line may end behind its code, without the blank that belongs there") {
    const std::size_t size = GENERATE(1, 2, 7, 12, 13, 14, 100'000);
    const std::string text = GENERATE("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi",
                                      "HTTP/1.1 103\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi");
    reply_reader reader;
    REQUIRE(feed(reader, text, size) == state::complete);
    CHECK(reader.bytes_read() == text.size());
    CHECK(reader.keeps_connection());
    CHECK(result_of(reader).status == 200);
    CHECK(result_of(reader).body.reveal() == "hi");
}

TEST_CASE("interim replies are skipped, but not for ever") {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto many = [&interim](int count) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += interim;
        return text;
    };
    reply_reader patient;
    CHECK(feed(patient, many(16) + simple) == state::complete);
    reply_reader annoyed;
    CHECK(feed(annoyed, many(17) + simple) == state::failed);
    reply_reader left_alone;
    CHECK(feed(left_alone, interim) == state::more);
    CHECK(left_alone.end() == state::failed);
}

TEST_CASE("101 is a final reply that ends HTTP on the connection") {
    reply_reader reader;
    REQUIRE(feed(reader, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n") ==
            state::complete);
    CHECK_FALSE(reader.keeps_connection());
    CHECK(result_of(reader).status == 101);
}

TEST_CASE("replies that have no body end with their header") {
    const std::string text = GENERATE("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                                      "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
    reply_reader reader;
    CHECK(feed(reader, text) == state::complete);
    CHECK(reader.keeps_connection());
}

TEST_CASE("a body without a length ends with the connection") {
    reply_reader reader;
    CHECK(feed(reader, "HTTP/1.1 200 OK\r\n\r\nall") == state::more);
    CHECK(reader.end() == state::complete);
    CHECK_FALSE(reader.keeps_connection());
    CHECK(result_of(reader).body.reveal() == "all");
}

TEST_CASE("a connection is not kept behind a reply that says so, or that more follows") {
    const std::string text =
        GENERATE_COPY(as<std::string>{}, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                      "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", simple + simple, simple + "x");
    reply_reader reader;
    CHECK(feed(reader, text) == state::complete);
    CHECK_FALSE(reader.keeps_connection());
}

TEST_CASE("what is not HTTP/1.x, or can be read in two ways, is refused") {
    const std::string text = GENERATE(
        "\r\n\r\n\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200\rContent-Length: 0\r\n\r\n", "HTTP/1.1 20 \r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nNo Colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n");
    reply_reader reader;
    CHECK(feed(reader, text) == state::failed);
    CHECK_FALSE(reader.problem().empty());
}

TEST_CASE("a header takes up to 16 KiB, and a body up to 1 MiB") {
    const auto with_header = [](std::size_t size) {
        const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    };
    const auto with_body = [](std::size_t size) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'x');
    };
    const auto chunked = [](int chunks) {
        std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < chunks; ++i)
            text += "10000\r\n" + std::string(65536, 'x') + "\r\n";
        return text + "0\r\n\r\n";
    };
    for (const auto& text : {with_header(16 * 1024), with_body(1024 * 1024), chunked(16)}) {
        reply_reader reader;
        CHECK(feed(reader, text) == state::complete);
    }
    for (const auto& text :
         {with_header(16 * 1024 + 64), with_body(1024 * 1024 + 1), chunked(17),
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'),
          "HTTP/1.1 200 " + std::string(100'000, 'x')}) {
        reply_reader reader;
        CHECK(feed(reader, text) == state::failed);
    }
}
