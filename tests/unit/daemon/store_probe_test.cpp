#include "daemon/store_probe.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace tunnelkeyd;

namespace {

/// A store whose disk answers when it is told to.
struct slow_disk final : ports::journal {
    void save(const core::tunnel_record&, std::optional<core::history_entry>, ports::write_handler) override {}
    void probe(core::duration, ports::write_handler done) override { waiting.push_back(std::move(done)); }

    void answer(const std::string& error) {
        for (const auto& done : std::exchange(waiting, {}))
            done(error);
    }

    std::vector<ports::write_handler> waiting;
};

struct fixture {
    void ask() {
        probe.ask(disk, [this](const std::string& error) { answers.push_back(error); });
    }

    boost::asio::io_context loop;
    slow_disk disk;
    daemon::store_probe probe{loop};
    std::vector<std::string> answers;
};

}  // namespace

TEST_CASE_METHOD(fixture, "what the disk says is the answer, and it is asked anew afterwards") {
    ask();
    disk.answer("no space left on device");
    ask();
    disk.answer("");
    CHECK(answers == std::vector<std::string>{"no space left on device", ""});
    loop.run();  // nothing is left in it to wait for
    CHECK(answers.size() == 2);
}

TEST_CASE_METHOD(fixture, "while the disk hangs one write waits for it, however many ask") {
    for (int i = 0; i < 100; ++i)
        ask();
    CHECK(disk.waiting.size() == 1);
    CHECK(answers.empty());
    loop.run();  // until nobody waits any longer
    REQUIRE(answers.size() == 100);
    CHECK(answers.front() == "the disk has not answered within 5s");
    ask();
    CHECK(disk.waiting.size() == 1);
    disk.answer("");
    CHECK(answers.size() == 101);
    CHECK(answers.back().empty());
    ask();
    CHECK(disk.waiting.size() == 1);
}

TEST_CASE_METHOD(fixture, "an answer that comes after the questions' end disturbs nobody") {
    {
        daemon::store_probe short_lived(loop);
        short_lived.ask(disk, [this](const std::string& error) { answers.push_back(error); });
    }
    disk.answer("");
    loop.run();
    CHECK(answers == std::vector<std::string>{""});
}
