#include "net/dial.hpp"
#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

#include <boost/asio/co_spawn.hpp>

#include <sys/socket.h>
#include <unistd.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr auto attempt_delay = milliseconds(250);  // RFC 8305, section 8
const std::string any_address =
    "::ffff:127.0.0.";  // IPv6 to those who sort addresses, and there are many of them

/// One dial, on a loop of its own.
struct dialling {
    dialling(const std::string& host, std::uint16_t port, const std::string& name_servers = "")
        : dial(std::make_unique<net::dial>(loop, host, port, name_servers)) {}

    void start(clock_type::duration limit = std::chrono::hours(1)) {
        const auto finish = [this](const std::exception_ptr&, net::dial::result came) {
            result = std::move(came);
        };
        began = clock_type::now();
        boost::asio::co_spawn(loop, dial->run(began + limit), finish);
    }
    void wait() {
        run_until(loop, [this] { return result.has_value(); });
        took = clock_type::now() - began;
        CHECK(result->problem.empty() == result->connected.has_value());
        CHECK(result->connected_to.empty() != result->connected.has_value());
    }
    void run() {
        start();
        wait();
    }

    boost::asio::io_context loop;
    std::unique_ptr<net::dial> dial;
    std::optional<net::dial::result> result;
    clock_type::time_point began;
    clock_type::duration took{};
};

/// The other side has closed it, and has sent nothing.
bool is_closed_unused(int socket) {
    const timeval limit{30, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char byte = 0;
    const auto size = ::recv(socket, &byte, 1, 0);
    ::close(socket);
    return size == 0;
}

std::string failed(const std::string& address, std::uint16_t port, const std::string& why) {
    return "cannot connect to " + address + " port " + std::to_string(port) + ": " + why;
}

}  // namespace

TEST_CASE("an address is connected to without a look-up") {
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    dialling to("127.0.0.1", server.port());
    to.run();
    CHECK(to.result->connected_to == "127.0.0.1 port " + std::to_string(server.port()));
    CHECK(to.result->addresses.empty());
    CHECK_FALSE(to.result->look_up_took);
}

TEST_CASE("all addresses are tried with the families in turn and each failure is told") {
    const name_server names(
        {{"jira.test", {"127.0.0.5", "127.0.0.6", "127.0.0.7", any_address + "8", any_address + "9"}}});
    const refusing_port nobody;
    dialling to("jira.test", nobody.number(), names.address());
    to.run();
    const auto text = [&nobody](const std::string& address) {
        return failed(address, nobody.number(), "Connection refused");
    };
    CHECK_THAT(to.result->problem,
               Equals(text(any_address + "8") + "; " + text("127.0.0.5") + "; " + text(any_address + "9") +
                      "; " + text("127.0.0.6") + "; " + text("127.0.0.7")));
    CHECK(to.result->has_addresses);
    CHECK(to.result->addresses.size() == 5);
}

TEST_CASE("an address that fails makes room for the next one at once") {
    const name_server names({{"jira.test", {"127.0.0.5", "127.0.0.6", "127.0.0.1"}}});
    const std::vector<script> wait(20, [](peer& client) { client.wait_until_closed(); });
    scripted_server server(wait);
    // The machine may be slow once, but not each time.
    bool was_at_once = false;
    for (std::size_t i = 0; i < wait.size() && !was_at_once; ++i) {
        dialling to("jira.test", server.port(), names.address());
        to.run();
        REQUIRE(to.result->connected);
        was_at_once = to.took < attempt_delay;
    }
    CHECK(was_at_once);
}

TEST_CASE("an address that is silent makes room for the next one after a quarter of a second and is closed") {
    const auto before = open_descriptors();
    {
        scripted_server server({[](peer& client) { client.wait_until_closed(); }});
        const silent_port silent("127.0.0.2", server.port());
        const name_server names({{"jira.test", {any_address + "2", "127.0.0.1"}}});
        dialling to("jira.test", server.port(), names.address());
        to.run();
        CHECK(to.result->connected_to == "127.0.0.1 port " + std::to_string(server.port()));
        CHECK(to.took >= attempt_delay);
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("of two attempts that both connect one is kept and the other is closed unused") {
    silent_port first("127.0.0.2", 0);
    silent_port second("127.0.0.3", first.number());
    const name_server names({{"jira.test", {"127.0.0.2", "127.0.0.3"}}});
    dialling to("jira.test", first.number(), names.address());
    to.start();
    run_until(to.loop, [&to] { return clock_type::now() > to.began + 2 * attempt_delay; });
    // Nobody looks at the loop meanwhile: it finds both connected at once.
    first.answer();
    second.answer();
    const int ends[] = {first.accept(), second.accept()};
    REQUIRE(ends[0] >= 0);
    REQUIRE(ends[1] >= 0);
    to.wait();
    REQUIRE(to.result->connected);
    const bool first_won = Contains("127.0.0.2").match(to.result->connected_to);
    CHECK(is_closed_unused(ends[first_won ? 1 : 0]));
    CHECK(::write(to.result->connected->native_handle(), "x", 1) == 1);
    char byte = 0;
    CHECK(::recv(ends[first_won ? 0 : 1], &byte, 1, 0) == 1);
    ::close(ends[first_won ? 0 : 1]);
}

TEST_CASE("no address answers before the deadline") {
    const silent_port first("127.0.0.2", 0);
    const silent_port second("127.0.0.3", first.number());
    const name_server names({{"jira.test", {"127.0.0.2", "127.0.0.3"}}});
    const auto before = open_descriptors();
    {
        dialling to("jira.test", first.number(), names.address());
        to.start(2 * attempt_delay);
        to.wait();
        CHECK(to.took >= 2 * attempt_delay);
        CHECK_THAT(to.result->problem, Equals(failed("127.0.0.2", first.number(), "no answer") + "; " +
                                              failed("127.0.0.3", first.number(), "no answer")));
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("where time is short each address gets some of it") {
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    std::vector<std::unique_ptr<silent_port>> silent;
    std::vector<std::string> addresses;
    for (int i = 2; i < 9; ++i) {
        addresses.push_back("127.0.0." + std::to_string(i));
        silent.push_back(std::make_unique<silent_port>(addresses.back(), server.port()));
    }
    addresses.emplace_back("127.0.0.1");
    const name_server names({{"jira.test", addresses}});
    dialling to("jira.test", server.port(), names.address());
    to.start(std::chrono::seconds(1));  // at four a second, half of them would never be tried
    to.wait();
    CHECK(to.result->connected);
}

TEST_CASE("a name that has no answer ends with the deadline and names who was silent") {
    const name_server names({{"dead.test", never_answered}});
    dialling to("dead.test", 1, names.address());
    to.start(short_time);
    to.wait();
    CHECK_FALSE(to.result->has_addresses);
    CHECK(to.result->problem == "cannot look up dead.test: no answer from name server 127.0.0.1");
}

TEST_CASE("a server that is silent on IPv6 costs nothing but a moment") {
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    const name_server names({{"jira.test", {"127.0.0.1", silent_v6}}});
    dialling to("jira.test", server.port(), names.address());
    to.run();
    CHECK(to.result->connected);
}

TEST_CASE("addresses that the name server tells late are tried too") {
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    name_server names({{"jira.test", {"127.0.0.2", any_address + "1", held_v6}}});
    dialling to("jira.test", server.port(), names.address());
    std::optional<silent_port> silent;
    if (GENERATE(false, true))  // else it refuses
        silent.emplace("127.0.0.2", server.port());
    to.start();
    run_until(to.loop, [&to] { return clock_type::now() > to.began + 2 * attempt_delay; });
    CHECK_FALSE(to.result);
    names.release();
    to.wait();
    CHECK(to.result->connected_to == any_address + "1 port " + std::to_string(server.port()));
    CHECK(to.result->addresses == std::vector<std::string>{any_address + "1", "127.0.0.2"});
}

TEST_CASE("a dial that is cancelled ends at once, wherever it is, and leaves no descriptor") {
    const silent_port first("127.0.0.2", 0);
    const silent_port second("127.0.0.3", first.number());
    const name_server names({{"dead.test", never_answered}, {"jira.test", {"127.0.0.2", "127.0.0.3"}}});
    const auto [host, waited] = GENERATE(table<std::string, milliseconds>(
        {{"dead.test", milliseconds(0)}, {"127.0.0.2", milliseconds(0)}, {"jira.test", milliseconds(300)}}));
    const bool is_destroyed = GENERATE(false, true);
    const auto before = open_descriptors();
    {
        dialling to(host, first.number(), names.address());
        to.start();
        to.loop.poll();
        run_until(to.loop, [&to, limit = waited] { return clock_type::now() >= to.began + limit; });
        CHECK_FALSE(to.result);
        if (!is_destroyed) {
            to.dial->cancel();
            to.wait();
            CHECK(to.result->problem == "aborted");
        }
    }
    CHECK(open_descriptors() == before);
}
