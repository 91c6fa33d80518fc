#include "net/name_lookup.hpp"
#include "support/client_fixture.hpp"
#include "support/sockets.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cstdlib>

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

/// What takes the place of a line of resolv.conf: resolv.conf(5).
struct variable {
    variable(const char* named, const char* value) : name(named) { ::setenv(name, value, 1); }
    ~variable() { ::unsetenv(name); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

    const char* name;
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

TEST_CASE("at most eight addresses of each family are kept") {
    std::vector<std::string> many;
    for (int i = 1; i <= 10; ++i) {
        many.push_back("127.0.0." + std::to_string(i));
        many.push_back("2001:db8::" + std::to_string(i));
    }
    const name_server names({{"many.test", many}});
    running with(names.address());
    with.look_up("many.test");
    with.wait();
    const auto& found = with.lookup.addresses();
    CHECK(found.size() == 16);
    CHECK(std::count_if(found.begin(), found.end(), [](const auto& each) { return each.is_v6(); }) == 8);
}

TEST_CASE("IPv6 is preferred") {
    const name_server names({{"jira.test", {"127.0.0.2", "2001:db8::2"}}});
    running with(names.address());
    with.look_up("jira.test");
    with.wait();
    CHECK(with.addresses() == std::vector<std::string>{"2001:db8::2", "127.0.0.2"});
    CHECK(with.lookup.is_over());
}

TEST_CASE("a server that is silent on one family does not keep the other's addresses back") {
    const auto& silent = GENERATE(silent_v4, silent_v6);
    const name_server names({{"jira.test", {"127.0.0.2", "2001:db8::2", silent}}});
    running with(names.address());
    with.look_up("jira.test", clock_type::now() + std::chrono::hours(1));
    with.wait();
    CHECK(with.addresses() == std::vector<std::string>{silent == silent_v4 ? "2001:db8::2" : "127.0.0.2"});
    CHECK_FALSE(with.lookup.is_over());
}

TEST_CASE("an answer that comes later than the other family's adds to it") {
    name_server names({{"jira.test", {"127.0.0.2", "2001:db8::2", held_v6}}});
    running with(names.address());
    with.look_up("jira.test", clock_type::now() + std::chrono::hours(1));
    with.wait();
    CHECK(with.addresses() == std::vector<std::string>{"127.0.0.2"});
    names.release();
    run_until(with.loop, [&with] { return with.lookup.is_over(); });
    CHECK(with.addresses() == std::vector<std::string>{"2001:db8::2", "127.0.0.2"});
}

TEST_CASE("the search list is gone through as resolv.conf says") {
    const variable search("LOCALDOMAIN", "first.test second.test");
    const variable options("RES_OPTIONS", "ndots:2");
    const name_server names({{"short.second.test", {"127.0.0.2"}},
                             {"short", {"127.0.0.9"}},
                             {"both.first.test", {"127.0.0.3"}},
                             {"both.second.test", {"127.0.0.9", "2001:db8::9"}},
                             {"one.dot", {"127.0.0.4"}},
                             {"has.two.dots", {"127.0.0.5"}},
                             {"has.two.dots.first.test", {"127.0.0.9"}},
                             {"also.two.dots.first.test", {"127.0.0.6"}}});
    const auto [name, address] = GENERATE(
        table<std::string, std::string>({{"short", "127.0.0.2"},    // before it is tried as it is
                                         {"both", "127.0.0.3"},     // no address of another name is mixed in
                                         {"one.dot", "127.0.0.4"},  // as it is, in the end
                                         {"has.two.dots", "127.0.0.5"},    // as it is, at first
                                         {"also.two.dots", "127.0.0.6"},   // and then with the list
                                         {"has.two.dots.", "127.0.0.5"}})  // as it is, and in no other way
    );
    running with(names.address());
    with.look_up(name);
    with.wait();
    CHECK(with.addresses() == std::vector<std::string>{address});
}

TEST_CASE("a question that is lost is asked again while there is time") {
    const name_server names({{"jira.test", {"127.0.0.2", lost_once}}});
    running with(names.address());
    with.look_up("jira.test",
                 clock_type::now() + std::chrono::seconds(2));  // resolv.conf says 5 s for each try
    with.wait();
    CHECK(with.addresses() == std::vector<std::string>{"127.0.0.2"});
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

TEST_CASE("a look-up ends at its deadline without addresses and tells who was silent") {
    const name_server names({{"dead.test", never_answered}});
    running with(names.address());
    with.look_up("dead.test", clock_type::now() + short_time);
    with.wait();
    CHECK(with.addresses().empty());
    CHECK(with.lookup.problem() == "no answer from name server 127.0.0.1");
}

TEST_CASE("a look-up that is cancelled ends, and leaves no descriptor") {
    const name_server names({{"dead.test", never_answered}});
    const auto before = open_descriptors();
    {
        running with(names.address());
        with.look_up("dead.test");
        with.loop.poll();
        with.lookup.cancel();
        with.wait();
        CHECK(with.addresses().empty());
    }
    CHECK(open_descriptors() == before);
}
