#include "daemon/log_queue.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <vector>

using namespace tunnelkeyd;
using namespace std::chrono_literals;

namespace {

/// A queue whose first job does not end before it may.
struct held {
    held() {
        queue.put(1, [this] {
            begun.set_value();
            may_end.get_future().wait();
        });
        begun.get_future().wait();
    }

    std::promise<void> begun;
    std::promise<void> may_end;
    daemon::log_queue queue{100};
};

}  // namespace

TEST_CASE("jobs are done in their order, and flush waits for all of them") {
    std::vector<int> done;
    daemon::log_queue queue(1'000'000);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(queue.put(10, [&done, i] { done.push_back(i); }));
    REQUIRE(queue.flush(30s));
    REQUIRE(done.size() == 1000);
    for (int i = 0; i < 1000; ++i)
        CHECK(done[static_cast<std::size_t>(i)] == i);
    CHECK(queue.waits() == 0ms);
}

TEST_CASE("who puts something does not wait for what hangs, and what finds no room is refused until half of it "
          "is free") {
    held at;
    CHECK_FALSE(at.queue.flush(1ms));
    for (int i = 0; i < 9; ++i)
        CHECK(at.queue.put(11, [] {}));
    CHECK_FALSE(at.queue.put(11, [] {}));
    CHECK_FALSE(at.queue.put(1, [] {}));  // there would be room, but more than half of it is taken
    at.may_end.set_value();
    REQUIRE(at.queue.flush(30s));
    CHECK(at.queue.put(50, [] {}));
}

TEST_CASE("the end of a queue does not wait for good for what hangs") {
    // Of the thread that is left behind, which ends with the process.
    auto* const forever = new std::promise<void>;
    std::promise<void> begun;
    const auto before = std::chrono::steady_clock::now();
    {
        daemon::log_queue queue(100);
        queue.put(1, [&begun, wait = forever->get_future().share()] {
            begun.set_value();
            wait.wait();
        });
        begun.get_future().wait();
    }
    CHECK(std::chrono::steady_clock::now() - before < 20s);
    forever->set_value();
    delete forever;
}
