#include "app/deadline_queue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

struct owner {
    std::uint64_t number;
    std::optional<int> at;
};

using queue = tunnelkeyd::app::deadline_queue<int, owner, &owner::at>;

}  // namespace

TEST_CASE("deadlines come out in order of time, then of number, and not before their time") {
    std::vector<owner> owners{{2, {}}, {0, {}}, {1, {}}};
    queue deadlines;
    deadlines.set(owners[0], 5);
    deadlines.set(owners[1], 5);
    deadlines.set(owners[2], 3);
    CHECK(deadlines.next() == 3);
    CHECK(deadlines.take_due(2) == nullptr);
    CHECK(deadlines.take_due(5) == &owners[2]);
    CHECK(deadlines.take_due(5) == &owners[1]);
    CHECK(deadlines.take_due(5) == &owners[0]);
    CHECK(deadlines.take_due(5) == nullptr);
    CHECK_FALSE(deadlines.next());
}

TEST_CASE("an owner has one deadline: the last one set") {
    owner one{0, {}};
    queue deadlines;
    deadlines.set(one, 5);
    deadlines.set(one, 9);
    CHECK(deadlines.next() == 9);
    CHECK(deadlines.take_due(8) == nullptr);
    deadlines.set(one, 1);
    CHECK(deadlines.take_due(8) == &one);
    CHECK_FALSE(one.at);
    CHECK(deadlines.take_due(100) == nullptr);
}

TEST_CASE("a cleared deadline never comes, and clearing none is harmless") {
    owner one{0, {}};
    owner two{1, {}};
    queue deadlines;
    deadlines.set(one, 5);
    deadlines.set(two, 5);
    deadlines.clear(one);
    deadlines.clear(one);
    CHECK(deadlines.take_due(5) == &two);
    CHECK_FALSE(deadlines.next());
}

TEST_CASE("the queue agrees with a plain list after any operations") {
    std::vector<owner> owners;
    for (std::uint64_t i = 0; i < 20; ++i)
        owners.push_back({i, {}});
    queue deadlines;
    std::uint32_t state = 1;
    for (int round = 0; round < 20'000; ++round) {
        state = state * 1664525 + 1013904223;
        auto& one = owners[(state >> 8) % owners.size()];
        if ((state >> 16) % 4 == 0)
            deadlines.clear(one);
        else
            deadlines.set(one, static_cast<int>((state >> 20) % 50));
        std::optional<int> first;
        for (const auto& each : owners)
            if (each.at)
                first = std::min(first.value_or(*each.at), *each.at);
        REQUIRE(deadlines.next() == first);
    }
}
