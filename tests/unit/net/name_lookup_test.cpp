#include "net/name_lookup.hpp"
#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

using clock_type = std::chrono::steady_clock;

struct running {
    explicit running(const std::string& servers) : lookup(loop, servers) {}

    void look_up(const std::string& name, clock_type::time_point deadline = clock_type::time_point::max()) {
        const auto finish = [this](const std::exception_ptr&) { over = true; };
        boost::asio::co_spawn(loop, lookup.run(name, deadline), finish);
    }
    void wait() {
        run_until(loop, [this] { return over; });
    }
    [[nodiscard]] std::vector<std::string> addresses() const {
        std::vector<std::string> texts;
        for (const auto& address : lookup.addresses())
            texts.push_back(address.to_string());
        return texts;
    }

    boost::asio::io_context loop;
    net::name_lookup lookup;
    bool over = false;
};

}  // namespace

TEST_CASE("a name server is asked for the addresses of a name") {
    const name_server names({{"jira.test", {"127.0.0.2", "127.0.0.3"}}});
    running with(names.address());
    with.look_up("jira.test");
    with.wait();
    auto found = with.addresses();
    std::sort(found.begin(), found.end());
    CHECK(found == std::vector<std::string>{"127.0.0.2", "127.0.0.3"});
    CHECK(with.lookup.problem().empty());
}

TEST_CASE("localhost and the names in it are this machine, whatever /etc/hosts and a name server say") {
    const std::map<std::string, std::vector<std::string>> lies{{"jira.localhost", {"192.0.2.1"}}};
    const name_server names(lies);
    for (const char* name : {"localhost", "jira.localhost"}) {
        running with(names.address());
        with.look_up(name);
        with.wait();
        CHECK(with.addresses() == std::vector<std::string>{"127.0.0.1", "::1"});
    }
}

TEST_CASE("at most eight addresses of a name are kept") {
    const name_server names({{"many.test", std::vector<std::string>(20, "127.0.0.1")}});
    running with(names.address());
    with.look_up("many.test");
    with.wait();
    CHECK(with.addresses().size() == 8);
}

TEST_CASE("a name that does not exist is a problem, and so is a server that is not there") {
    const name_server names;
    running unknown(names.address());
    unknown.look_up("jira.invalid");
    unknown.wait();
    CHECK(unknown.addresses().empty());
    CHECK_FALSE(unknown.lookup.problem().empty());

    std::string nobody;
    {
        const name_server gone;
        nobody = gone.address();
    }
    running alone(nobody);
    alone.look_up("jira.invalid");
    alone.wait();
    CHECK_FALSE(alone.lookup.problem().empty());
}

TEST_CASE("a look-up ends at its deadline and when it is cancelled, with neither addresses nor a problem") {
    const name_server names({{"dead.test", never_answered}});
    running with(names.address());
    SECTION("deadline") {
        with.look_up("dead.test", clock_type::now() + short_time);
    }
    SECTION("cancelled") {
        with.look_up("dead.test");
        with.loop.poll();
        with.lookup.cancel();
    }
    with.wait();
    CHECK(with.addresses().empty());
    CHECK(with.lookup.problem().empty());
}
