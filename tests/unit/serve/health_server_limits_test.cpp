#include "support/server_fixture.hpp"

#include <boost/asio/steady_timer.hpp>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;

namespace {

bool is_busy(const reply& got) {
    return got.status == 503 && got.body.find(R"("busy")") != std::string::npos;
}

std::string code_of(const reply& got) {
    return json::parse(got.body).at("code");
}

/// Sets how many files may be open, for as long as it lives.
class open_files_limit {
public:
    explicit open_files_limit(rlim_t most) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit changed{most, before_.rlim_max};
        is_set_ = most <= before_.rlim_max && ::setrlimit(RLIMIT_NOFILE, &changed) == 0;
    }
    ~open_files_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    open_files_limit(const open_files_limit&) = delete;
    open_files_limit& operator=(const open_files_limit&) = delete;

    [[nodiscard]] bool is_set() const { return is_set_; }

private:
    rlimit before_{};
    bool is_set_ = false;
};

/// The lowest descriptor that is free.
int next_descriptor() {
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    return next;
}

}  // namespace

TEST_CASE("a monitor gets through a thousand idle connections") {
    const open_files_limit files(2048);
    if (!files.is_set()) {
        std::cout << "skipped: not as many files may be open\n";
        return;
    }
    const server_fixture server;
    auto first = server.connect();
    CHECK(first.ask("/livez").status == 200);
    std::vector<client> idle;
    for (int i = 0; i < 1000; ++i) {
        idle.push_back(server.connect());
        if (i % 100 == 99) {
            CHECK(server.get("/livez").status == 200);
            CHECK(server.get("/healthz").status == 503);
        }
    }
    CHECK(first.read_to_end().empty());
    CHECK(idle.front().read_to_end().empty());
    CHECK(idle.back().ask("/livez").status == 200);
}

TEST_CASE("at the limit the connection that has been idle for longest makes room") {
    auto limits = patient_limits();
    limits.connections = 3;
    const server_fixture server(good_look(), limits);
    auto one = server.connect();
    auto two = server.connect();
    auto three = server.connect();
    for (auto* each : {&one, &two, &three, &one})
        CHECK(each->ask("/livez").status == 200);
    auto four = server.connect();
    CHECK(four.ask("/livez").status == 200);
    CHECK(two.read_to_end().empty());
    for (auto* each : {&one, &three, &four})
        CHECK(each->ask("/livez").status == 200);
}

TEST_CASE("a request begun behind another is as idle as any that does not come") {
    auto limits = patient_limits();
    limits.connections = 1;
    const server_fixture server(good_look(), limits);
    auto slow = server.connect();
    slow.send("GET /livez HTTP/1.1\r\n\r\nGET /li");
    CHECK(slow.read_reply().status == 200);
    CHECK(server.get("/livez").status == 200);
    CHECK(slow.read_to_end().empty());
}

TEST_CASE("where no connection is idle the new one is closed") {
    held_looks looks;
    auto limits = patient_limits();
    limits.connections = 2;
    server_fixture server(looks.look(), limits);
    auto one = server.connect();
    auto two = server.connect();
    for (auto* each : {&one, &two})
        each->send("GET /readyz HTTP/1.1\r\n\r\n");
    looks.wait_for(2);
    CHECK(server.connect().read_to_end().empty());
    server.on_loop([&looks] {
        for (const auto& done : looks.take())
            done(some_overview());
    });
    CHECK(one.read_reply().body == "ready\n");
    CHECK(two.read_reply().body == "ready\n");
    CHECK(server.get("/livez").status == 200);
}

TEST_CASE("more large answers than may be under way are told to come back, and monitors are not among them") {
    held_looks looks;
    auto limits = patient_limits();
    limits.large_answers = 1;
    server_fixture server(looks.look(), limits);
    auto slow = server.connect();
    slow.send("GET /status HTTP/1.1\r\n\r\n");
    looks.wait_for(1);
    auto other = server.connect();
    for (const char* path : {"/status", "/metrics"}) {
        const auto got = other.ask(path);
        CHECK(got.status == 503);
        CHECK(got.header.at("retry-after") == "1");
        CHECK(code_of(got) == "busy");
    }
    CHECK(other.ask("/livez").status == 200);
    CHECK(other.ask("/nowhere").status == 404);
    server.on_loop([&looks] { looks.take().at(0)(some_overview()); });
    CHECK(slow.read_reply().status == 200);
    for (const char* path : {"/readyz", "/healthz", "/healthz/jira"}) {
        slow.send("GET /status HTTP/1.1\r\n\r\n");
        looks.wait_for(1);
        other.send("GET " + std::string(path) + " HTTP/1.1\r\n\r\n");
        looks.wait_for(2);
        server.on_loop([&looks] {
            for (const auto& done : looks.take())
                done(some_overview());
        });
        CHECK(slow.read_reply().status == 200);
        CHECK_FALSE(is_busy(other.read_reply()));
    }
}

TEST_CASE("more verdicts than may be under way are told to come back, and readyz is not among them") {
    held_looks looks;
    auto limits = patient_limits();
    limits.health_answers = 1;
    server_fixture server(looks.look(), limits);
    auto slow = server.connect();
    slow.send("GET /healthz/jira HTTP/1.1\r\n\r\n");
    looks.wait_for(1);
    auto other = server.connect();
    for (const char* path : {"/healthz", "/healthz/jira"})
        CHECK(code_of(other.ask(path)) == "busy");
    other.send("GET /readyz HTTP/1.1\r\n\r\n");
    looks.wait_for(2);
    server.on_loop([&looks] {
        for (const auto& done : looks.take())
            done(some_overview());
    });
    CHECK(other.read_reply().body == "ready\n");
    CHECK_FALSE(is_busy(slow.read_reply()));
}

TEST_CASE("a client that sends slowly makes room, as one that sends nothing does") {
    auto limits = patient_limits();
    limits.connections = 2;
    const server_fixture server(good_look(), limits);
    auto slow = server.connect();
    slow.send("GET /livez HT");
    auto other = server.connect();
    CHECK(other.ask("/livez").status == 200);
    CHECK(server.get("/livez").status == 200);
    CHECK(slow.read_to_end().empty());
}

TEST_CASE("a look that does not come in time is a 503, and coming late it does no harm") {
    held_looks looks;
    auto limits = patient_limits();
    limits.answer = short_time;
    limits.health_answers = 1;
    server_fixture server(looks.look(), limits);
    auto connection = server.connect();
    for (int i = 0; i < 2; ++i) {
        const auto got = connection.ask("/healthz");
        CHECK(got.status == 503);
        CHECK(code_of(got) == "late");
    }
    server.on_loop([&looks] {
        for (const auto& done : looks.take())
            done(some_overview());
    });
    CHECK(connection.ask("/livez").status == 200);
}

TEST_CASE("a client without a request is closed when it has been idle for too long") {
    auto limits = patient_limits();
    limits.idle = short_time;
    const server_fixture server(good_look(), limits);
    auto fresh = server.connect();
    CHECK(fresh.read_to_end().empty());
    auto used = server.connect();
    CHECK(used.ask("/livez").status == 200);
    CHECK(used.read_to_end().empty());
}

TEST_CASE("a request that comes byte by byte is cut off, however steadily it comes") {
    auto limits = patient_limits();
    limits.request = short_time * 4;
    const server_fixture server(good_look(), limits);
    auto slow = server.connect();
    std::size_t sent = 0;
    for (; sent < limits.header - 100 && !slow.is_readable_soon(); ++sent)
        slow.send(sent < 13 ? std::string_view("GET /livez?x=").substr(sent, 1) : "y");
    CHECK(sent < limits.header - 100);
    CHECK(slow.read_to_end().empty());
    CHECK(server.get("/livez").status == 200);
}

TEST_CASE("a client that does not read its answers is cut off, and its place is free again") {
    auto seen = some_overview();
    seen.not_ready = std::string(8 * 1024 * 1024, 'x');  // more than the kernel takes
    auto limits = patient_limits();
    limits.answer = short_time * 40;  // long enough to make the page, on a busy machine too
    limits.large_answers = 1;
    const server_fixture server([seen](const core::extent&, const serve::look_handler& done) { done(seen); },
                                limits);
    auto deaf = server.connect(4096);
    deaf.send("GET /status HTTP/1.1\r\n\r\n");
    while (!deaf.is_readable_soon())
        ;
    auto other = server.connect();
    while (is_busy(other.ask("/metrics")))
        ;
    CHECK(deaf.read_to_end().size() < seen.not_ready.size());
    CHECK(other.ask("/livez").status == 200);
}

TEST_CASE("running out of file descriptors costs an idle connection, and no processor time") {
#ifdef TUNNELKEYD_SANITIZED
    std::cout << "skipped: to look at an object, the undefined-behaviour sanitizer itself opens a pipe\n";
    return;
#endif
    server_fixture server;
    auto idle = server.connect();
    CHECK(idle.ask("/livez").status == 200);
    const int next = next_descriptor();
    std::optional<open_files_limit> none_left(std::in_place, next + 1);
    auto waiting = server.connect();  // the last descriptor is this end's
    const auto before = server.turns.load();
    std::promise<void> over;
    boost::asio::steady_timer timer(server.loop);
    server.on_loop([&] {
        timer.expires_after(std::chrono::milliseconds(350));
        timer.async_wait([&over](auto) { over.set_value(); });
    });
    over.get_future().wait();
    CHECK(server.turns.load() - before < 100);
    none_left.reset();
    CHECK(waiting.ask("/livez").status == 200);
    CHECK(idle.read_to_end().empty());
}
