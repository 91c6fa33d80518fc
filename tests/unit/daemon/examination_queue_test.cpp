#include "daemon/examination_queue.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace tunnelkeyd;

namespace {

using texts = std::vector<std::string>;

texts tunnels(unsigned count) {
    texts all;
    for (unsigned i = 0; i < count; ++i)
        all.push_back("t" + std::to_string(i));
    return all;
}

/// Answers when told to.
struct slow_source {
    void operator()(const std::string& tunnel, std::function<void(std::string)> done) {
        waiting.emplace(tunnel, std::move(done));
    }
    void answer(const std::string& tunnel) {
        const auto done = waiting.extract(tunnel);
        done.mapped()("found of " + tunnel);
    }
    std::map<std::string, std::function<void(std::string)>> waiting;
};

}  // namespace

TEST_CASE("eight tunnels are examined at once, and handed over in order as soon as they are complete") {
    slow_source source;
    texts seen;
    unsigned finished = 0;
    daemon::examination_queue queue(tunnels(10), std::ref(source),
                                    [&](const std::string& json) { seen.push_back(json); });
    queue.start([&] { ++finished; });
    CHECK(source.waiting.size() == 8);
    source.answer("t1");
    CHECK(seen.empty());
    CHECK(source.waiting.contains("t8"));
    source.answer("t0");
    CHECK(seen == texts{"found of t0", "found of t1"});
    for (const char* each : {"t9", "t8", "t7", "t6", "t5", "t4", "t3"})
        source.answer(each);
    CHECK(seen.size() == 2);
    CHECK(finished == 0);
    source.answer("t2");
    CHECK(seen.size() == 10);
    CHECK(seen.back() == "found of t9");
    CHECK(finished == 1);
}

TEST_CASE("a source may answer from inside the call, and each is handed over before the next is asked for") {
    texts events;
    daemon::examination_queue queue(
        tunnels(3),
        [&](const std::string& tunnel, const std::function<void(std::string)>& done) {
            events.push_back("ask " + tunnel);
            done(tunnel);
        },
        [&](const std::string& json) { events.push_back("print " + json); });
    queue.start([&] { events.emplace_back("end"); });
    CHECK(events == texts{"ask t0", "print t0", "ask t1", "print t1", "ask t2", "print t2", "end"});
}

TEST_CASE("no tunnels at all are finished at once") {
    unsigned finished = 0;
    daemon::examination_queue queue({}, nullptr, nullptr);
    queue.start([&] { ++finished; });
    CHECK(finished == 1);
}
