#include "serve/control_client.hpp"
#include "support/control_fixture.hpp"
#include "support/scripted_server.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <optional>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using serve::control_client;
using serve::control_error;
using kind = serve::control_error::kind;
using connection = scripted_server::connection;
using namespace std::chrono_literals;

namespace {

constexpr const char* good_reply = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";

void answer_once(connection& with) {
    with.read_request();
    with.send(good_reply);
}

/// Fails unless it is of that kind and says all of these.
void check_fails(const std::function<void()>& what, kind expected, const std::vector<std::string>& parts) {
    try {
        what();
        FAIL("it does not fail");
    } catch (const control_error& error) {
        CHECK(error.reason() == expected);
        for (const auto& part : parts) {
            INFO(error.what());
            CHECK(std::string(error.what()).find(part) != std::string::npos);
        }
    }
}

}  // namespace

TEST_CASE("a command asks one thing after another on one connection") {
    control_fixture at;
    control_client daemon(at.socket);
    CHECK(daemon.ask("GET", "/livez").body == "ok\n");
    const auto rotated = daemon.ask("POST", "/v1/tunnels/" + serve::encoded("a b/c?\xc3\xa9") + "/rotate");
    CHECK(rotated.status == 202);
    CHECK(rotated.body == "{\"tunnel\":\"jira\",\"joined\":true}\n");
    CHECK(at.daemon.asked().at(0).starts_with("rotate a b/c?\xc3\xa9 by "));
    CHECK(daemon.ask("POST", "/v1/pending/jira/resolve", R"({"how": "installed"})").status == 200);
    CHECK(daemon.ask("POST", "/v1/pending/jira/resolve", "{}").status == 400);
    CHECK(daemon.ask("GET", "/nowhere").status == 404);
    CHECK(daemon.ask("POST", "/v1/pending/jira/resolve", std::string(9000, ' ')).status == 413);
    auto other = std::move(daemon);
    CHECK(other.ask("GET", "/livez").status == 200);
}

TEST_CASE("a megabyte of answer comes whole") {
    auto seen = many_tunnels(2000);
    const control_fixture at(patient_limits(),
                             [&seen](const core::extent&, const serve::look_handler& done) { done(seen); });
    const auto got = control_client(at.socket).ask("GET", "/status");
    CHECK(got.body.size() > 1'000'000);
    CHECK(got.body.ends_with("}\n"));
}

TEST_CASE("where no daemon listens the command says how to start one") {
    const support::temporary_directory directory;
    std::string stale;
    {
        const control_fixture at;
        stale = directory / "stale.sock";
        std::filesystem::rename(at.socket, stale);
    }
    for (const auto& path : {directory / "no.sock", directory / "no/no.sock", stale, stale + "/no.sock"})
        check_fails([&] { control_client daemon(path); }, kind::absent,
                    {"no daemon listens at " + path, "start it"});
}

TEST_CASE("a path that is no socket's is an error of its own") {
    check_fails([] { control_client daemon("/" + std::string(200, 'x')); }, kind::broken, {"too long"});
}

TEST_CASE("whom the socket is not for is told who may") {
    if (::geteuid() != 0) {
        std::cout << "skipped: only root can become another user\n";
        return;
    }
    const scripted_server at({});
    REQUIRE(::chmod(at.socket().c_str(), 0660) == 0);
    std::filesystem::permissions(std::filesystem::path(at.socket()).parent_path(),
                                 std::filesystem::perms(0755));
    const auto child = ::fork();
    if (child == 0) {
        int status = 1;
        try {
            if (::setgid(23456) == 0 && ::setuid(23456) == 0)
                control_client daemon(at.socket());
        } catch (const control_error& error) {
            const std::string text = error.what();
            if (error.reason() == kind::forbidden && text.find("owns it (root)") != std::string::npos)
                status = 0;
        }
        ::_exit(status);
    }
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("a daemon that does not answer in time is given up") {
    std::promise<void> over;
    const auto wait = [&over](connection& with) {
        with.read_request();
        over.get_future().wait();
    };
    const scripted_server at({wait, answer_once});
    control_client daemon(at.socket());
    check_fails([&] { daemon.ask("GET", "/status", "", 50ms); }, kind::broken, {"has not answered in time"});
    over.set_value();
    CHECK(daemon.ask("GET", "/status").status == 200);
}

TEST_CASE("what is not answered in time may be done if it changes something, and else the daemon may hang") {
    const auto never = [](connection& with) {
        with.read_request();
        with.read_request();  // until the client has gone
    };
    const scripted_server at({never, never, never});
    const auto told = [&](const std::string& method, const std::string& target) {
        try {
            control_client(at.socket()).ask(method, target, "", 50ms);
        } catch (const control_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const auto hangs = "the daemon at " + at.socket() +
                       " has not answered in time; see whether it hangs (systemctl status tunnelkeyd)";
    CHECK(told("GET", "/status") == hangs);
    CHECK(told("POST", "/v1/tunnels/jira/preflight") == hangs);
    CHECK(told("POST", "/v1/tunnels/jira/rotate")
              .ends_with("; it may be done all the same, so look at the status "
                         "before you ask again"));
}

TEST_CASE("whoever has had enough waits no longer, however long the answer may take") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const auto ask = [&](connection& with) {
        with.read_request();
        CHECK(::write(ends[1], "x", 1) == 1);
        with.read_request();  // until the client has gone
    };
    {
        const scripted_server at({answer_once, ask});
        CHECK(control_client(at.socket(), ends[0]).ask("GET", "/status").status == 200);
        control_client daemon(at.socket(), ends[0]);
        check_fails([&] { daemon.ask("POST", "/v1/reload", "", 1h); }, kind::stopped,
                    {"had not answered yet; it may be done all the same"});
        check_fails([&] { daemon.ask("GET", "/status", "", 1h); }, kind::stopped, {"had not answered yet"});
    }
    for (const int end : ends)
        ::close(end);
}

TEST_CASE("the limit is on the whole answer, however steadily it comes") {
    const auto trickle = [](connection& with) {
        with.read_request();
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (!with.is_closed())
            with.send("x");
    };
    const scripted_server at({trickle});
    control_client daemon(at.socket());
    check_fails([&] { daemon.ask("GET", "/status", "", 200ms); }, kind::broken, {"has not answered in time"});
}

TEST_CASE("what is no answer is an error") {
    for (const std::string text :
         {"", "hello", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "HTTP/1.1 200 OK\r\nContent-Le"}) {
        const auto reply = [text](connection& with) {
            with.read_request();
            with.send(text);
        };
        const scripted_server at({reply});
        control_client daemon(at.socket());
        check_fails([&] { daemon.ask("GET", "/status"); }, kind::broken, {"did not answer"});
    }
}

TEST_CASE("an answer of more than 64 MiB is not taken") {
    const auto reply = [](connection& with) {
        with.read_request();
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n");
    };
    const scripted_server at({reply});
    control_client daemon(at.socket());
    check_fails([&] { daemon.ask("GET", "/status"); }, kind::broken, {"larger than 64 MiB"});
}

TEST_CASE("a connection that the daemon closed while it was idle is made again, for any request") {
    std::promise<void> closed;
    const auto next = [&closed](connection& with) {
        closed.set_value();  // the script goes on once the connection before is closed
        CHECK(with.read_request().starts_with("GET /status"));
        with.send(good_reply);
    };
    std::string asked;
    const auto last = [&asked](connection& with) {
        asked = with.read_request();
        with.send(good_reply);
    };
    {
        const scripted_server at({answer_once, next, last});
        control_client daemon(at.socket());
        CHECK(daemon.ask("GET", "/livez").status == 200);
        control_client other(at.socket());
        closed.get_future().wait();
        CHECK(other.ask("GET", "/status").status == 200);
        CHECK(daemon.ask("POST", "/v1/reload").status == 200);
    }
    CHECK(asked.starts_with("POST /v1/reload "));
}

TEST_CASE("a connection on which the daemon only waits for the end is not asked again") {
    std::promise<void> finished;
    std::string ignored;
    const auto finish = [&](connection& with) {
        answer_once(with);
        with.finish();
        finished.set_value();
        ignored = with.read_request();
    };
    {
        const scripted_server at({finish, answer_once});
        control_client daemon(at.socket());
        daemon.ask("GET", "/livez");
        finished.get_future().wait();
        CHECK(daemon.ask("POST", "/v1/tunnels/jira/rotate").status == 200);
    }
    CHECK(ignored.empty());
}

TEST_CASE("what reads is asked once more where the daemon closes, and what changes something is not") {
    const auto close_on_second = [](connection& with) {
        answer_once(with);
        with.read_request();
    };
    {
        const scripted_server at({close_on_second, answer_once});
        control_client daemon(at.socket());
        daemon.ask("GET", "/livez");
        CHECK(daemon.ask("GET", "/livez").status == 200);
    }
    {
        std::atomic<bool> asked_again = false;
        const auto must_not = [&asked_again](connection& with) {
            asked_again = with.read_request().starts_with("POST ");
            with.send(good_reply);
        };
        const scripted_server at({close_on_second, must_not});
        control_client daemon(at.socket());
        daemon.ask("GET", "/livez");
        check_fails([&] { daemon.ask("POST", "/v1/tunnels/jira/rotate"); }, kind::broken,
                    {"did not answer", "it may be done all the same"});
        CHECK(daemon.ask("GET", "/livez").status == 200);
        CHECK_FALSE(asked_again);
    }
}

TEST_CASE("a daemon that closes each connection unanswered is asked no more than twice") {
    const auto close_on_second = [](connection& with) {
        answer_once(with);
        with.read_request();
    };
    const auto close = [](connection& with) { with.read_request(); };
    const scripted_server at({close_on_second, close, answer_once});
    control_client daemon(at.socket());
    daemon.ask("GET", "/livez");
    check_fails([&] { daemon.ask("GET", "/livez"); }, kind::broken, {"did not answer"});
    CHECK(daemon.ask("GET", "/livez").status == 200);
}
