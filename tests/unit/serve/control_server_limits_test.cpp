#include "support/control_fixture.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

constexpr const char* resolve = "POST /v1/pending/jira/resolve HTTP/1.1\r\n";

std::string padded(std::size_t size) {
    const std::string body = R"({"how": "installed"})";
    return body + std::string(size - body.size(), ' ');
}

std::string chunk(const std::string& text) {
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
    return size.data() + text + "\r\n";
}

}  // namespace

TEST_CASE("a body as large as the limit is taken, and a larger one refused unread") {
    const control_fixture at;
    const auto most = patient_limits().body;
    CHECK(at.post("/v1/pending/jira/resolve", padded(most)).status == 200);
    for (const auto& length : {std::to_string(most + 1), std::string("18446744073709551615")}) {
        auto connection = at.connect();
        connection.send(resolve + ("Content-Length: " + length) + "\r\n\r\n");
        const auto got = connection.read_reply();
        CHECK(got.status == 413);
        CHECK(code_of(got) == "body_too_large");
        CHECK(got.header.at("connection") == "close");
    }
}

TEST_CASE("a body in chunks is taken, within the same limit") {
    const control_fixture at;
    auto connection = at.connect();
    const std::string begin = std::string(resolve) + "Transfer-Encoding: chunked\r\n\r\n";
    connection.send(begin + chunk(R"({"how": )") + chunk(R"("installed"})") + "0\r\n\r\n");
    CHECK(connection.read_reply().status == 200);
    connection.send(begin + chunk(padded(patient_limits().body)) + chunk(" ") + "0\r\n\r\n");
    CHECK(code_of(connection.read_reply()) == "body_too_large");
}

TEST_CASE("only what changes something takes a body") {
    control_fixture at;
    for (const char* line : {"GET /v1/pending", "GET /status", "GET /v1/history", "HEAD /v1/history"}) {
        auto connection = at.connect();
        connection.send(std::string(line) + " HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        CHECK(connection.read_reply(std::string_view(line).starts_with("HEAD")).status == 413);
    }
    CHECK(at.daemon.asked().empty());
}

TEST_CASE("requests with bodies follow each other on one connection") {
    control_fixture at;
    auto connection = at.connect();
    const std::string body = R"({"how":"installed"})";
    const auto one = resolve + ("Content-Length: " + std::to_string(body.size())) + "\r\n\r\n" + body;
    connection.send(one + one + "GET /livez HTTP/1.1\r\n\r\n");
    CHECK(connection.read_reply().status == 200);
    CHECK(connection.read_reply().status == 200);
    CHECK(connection.read_reply().body == "ok\n");
    CHECK(at.daemon.asked().size() == 2);
}

TEST_CASE("a body that comes byte by byte is cut off, and nothing is asked") {
    auto limits = patient_limits();
    limits.request = short_time * 4;
    control_fixture at(limits);
    auto slow = at.connect();
    slow.send(resolve + std::string("Content-Length: 8000\r\n\r\n"));
    std::size_t sent = 0;
    for (; sent < 7900 && !slow.is_readable_soon(); ++sent)
        slow.send(" ");
    CHECK(sent < 7900);
    CHECK(slow.read_to_end().empty());
    CHECK(at.get("/livez").status == 200);
    CHECK(at.daemon.asked().empty());
}

TEST_CASE("a client whose body comes slowly makes room for others") {
    auto limits = patient_limits();
    limits.connections = 1;
    const control_fixture at(limits);
    auto slow = at.connect();
    slow.send(resolve + std::string("Content-Length: 8\r\n\r\n{"));
    CHECK(at.get("/livez").status == 200);
    CHECK(slow.read_to_end().empty());
}

TEST_CASE("a body that ends too soon asks for nothing") {
    control_fixture at;
    auto connection = at.connect();
    connection.send(resolve + std::string("Content-Length: 80\r\n\r\n{\"how\": \"installed\"}"));
    connection.finish();
    CHECK(connection.read_to_end().empty());
    CHECK(at.daemon.asked().empty());
}

TEST_CASE("more operations than may be under way are told to come back, and pages are not among them") {
    auto limits = patient_limits();
    limits.operations = 2;
    control_fixture at(limits);
    at.daemon.holds = true;
    auto one = at.connect();
    auto two = at.connect();
    for (auto* each : {&one, &two})
        each->send("POST /v1/tunnels/jira/preflight HTTP/1.1\r\n\r\n");
    at.daemon.wait_for(2);
    const auto third = at.get("/v1/pending");
    CHECK(third.status == 503);
    CHECK(code_of(third) == "busy");
    CHECK(third.header.at("retry-after") == "1");
    CHECK(at.get("/status").status == 200);
    at.answer_all();
    CHECK(one.read_reply().status == 200);
    CHECK(two.read_reply().status == 200);
    two.send("GET /v1/pending HTTP/1.1\r\n\r\n");
    at.daemon.wait_for(1);
    at.answer_all();
    CHECK(two.read_reply().status == 200);
}

TEST_CASE("an operation may take longer than a page, and one without an end is given up") {
    auto limits = patient_limits();
    limits.answer = short_time;
    held_looks looks;
    control_fixture patient(limits, looks.look());
    patient.daemon.holds = true;
    auto connection = patient.connect();
    connection.send("POST /v1/tunnels/jira/preflight HTTP/1.1\r\n\r\n");
    patient.daemon.wait_for(1);
    CHECK(code_of(patient.get("/healthz")) == "late");
    patient.answer_all();
    CHECK(connection.read_reply().status == 200);

    limits.operation = short_time;
    limits.operations = 1;
    control_fixture at(limits);
    at.daemon.holds = true;
    for (int i = 0; i < 2; ++i) {
        const auto got = at.post("/v1/tunnels/jira/preflight");
        CHECK(got.status == 503);
        CHECK(code_of(got) == "late");
    }
    at.answer_all();  // which nobody waits for
    CHECK(at.get("/livez").status == 200);
}

TEST_CASE("a client that leaves in the middle of an operation does no harm, and its place is free again") {
    auto limits = patient_limits();
    limits.operations = 1;
    control_fixture at(limits);
    at.daemon.holds = true;
    for (const char* line :
         {"POST /v1/tunnels/jira/preflight", "GET /v1/pending", "POST /v1/pending/jira/reveal"}) {
        at.connect().send(std::string(line) + " HTTP/1.1\r\n\r\n");
        at.daemon.wait_for(1);
        at.answer_all();
        auto other = at.connect();
        other.send("GET /v1/history HTTP/1.1\r\n\r\n");
        for (;;) {  // until the first one's end has come round
            if (other.is_readable_soon()) {
                CHECK(code_of(other.read_reply()) == "busy");
                other.send("GET /v1/history HTTP/1.1\r\n\r\n");
                continue;
            }
            if (auto held = at.daemon.take(); !held.empty()) {
                at.on_loop(held.at(0));
                break;
            }
        }
        CHECK(other.read_reply().status == 200);
    }
}

TEST_CASE("an operation that is answered twice is answered once") {
    control_fixture at;
    at.daemon.holds = true;
    for (const char* path : {"/v1/pending", "/v1/history"}) {
        auto connection = at.connect();
        connection.send("GET " + std::string(path) + " HTTP/1.1\r\n\r\n");
        at.daemon.wait_for(1);
        at.on_loop([&at] {
            const auto answer = at.daemon.take().at(0);
            answer();
            answer();
        });
        CHECK(connection.read_reply().status == 200);
        CHECK(connection.ask("/livez").body == "ok\n");
    }
}

TEST_CASE("a server that ends closes what waits, and may be answered afterwards") {
    std::vector<std::function<void()>> late;
    const auto ask_all = [](control_fixture& at, std::vector<client>& open) {
        at.daemon.holds = true;
        for (const char* line : {"POST /v1/reload", "POST /v1/tunnels/jira/preflight", "GET /v1/pending",
                                 "POST /v1/pending/jira/reveal"}) {
            open.push_back(at.connect());
            open.back().send(std::string(line) + " HTTP/1.1\r\n\r\n");
        }
        at.daemon.wait_for(open.size());
    };
    {
        std::vector<client> open;
        control_fixture at;
        ask_all(at, open);
        at.end();
        for (auto& each : open)
            CHECK(each.read_to_end().empty());
        late = at.daemon.take();
        for (const auto& answer : late)
            answer();
    }
    for (const auto& answer : late)
        answer();
    {
        std::vector<client> open;
        control_fixture at;
        ask_all(at, open);
        late = at.daemon.take();
    }
    // With the loop stopped, and gone.
    for (const auto& answer : late)
        answer();
}
