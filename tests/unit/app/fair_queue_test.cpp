#include "app/fair_queue.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace tunnelkeyd;

namespace {

struct waiting {
    std::string name;
    unsigned place = 0;
};

struct in_order {
    bool operator()(const waiting* a, const waiting* b) const { return a->place < b->place; }
};

using queue = app::fair_queue<waiting, in_order>;

constexpr auto anybody = [](const waiting&) { return true; };

/// The names of all, in the order in which they are let go.
std::string take_all(queue& from) {
    std::string names;
    while (auto* next = from.take(anybody))
        names += next->name + " ";
    return names;
}

}  // namespace

TEST_CASE("lines take turns, and in each the first goes first") {
    waiting a1{"a1", 1}, a2{"a2", 2}, a3{"a3", 3}, b1{"b1", 4}, b2{"b2", 5}, c1{"c1", 6};
    queue all;
    for (auto* each : {&a3, &a1, &a2})
        all.push("a", *each);
    for (auto* each : {&b2, &b1})
        all.push("b", *each);
    all.push("c", c1);
    CHECK(all.size() == 6);
    CHECK(all.size("a") == 3);
    CHECK(take_all(all) == "a1 b1 c1 a2 b2 a3 ");
    CHECK(all.empty());
}

TEST_CASE("a line whose first may not go keeps its turn from nobody, and whoever comes later is next") {
    waiting a1{"a1", 1}, a2{"a2", 2}, b1{"b1", 3}, b2{"b2", 4}, late{"late", 9};
    queue all;
    for (auto* each : {&a1, &a2})
        all.push("a", *each);
    for (auto* each : {&b1, &b2})
        all.push("b", *each);
    const auto not_a = [](const waiting& who) { return who.name[0] != 'a'; };
    CHECK(all.take(not_a) == &b1);
    all.push("c", late);
    CHECK(all.take(anybody) == &late);
    CHECK(all.take(anybody) == &a1);
    CHECK(all.take(not_a) == &b2);
    CHECK(all.take(not_a) == nullptr);
    CHECK(all.size() == 1);
}

TEST_CASE("whoever leaves a line is not let go") {
    waiting a1{"a1", 1}, a2{"a2", 2};
    queue all;
    all.push("a", a1);
    all.push("a", a2);
    all.erase("a", a1);
    all.erase("b", a1);
    all.erase("a", a1);
    CHECK(take_all(all) == "a2 ");
    CHECK(all.empty());
}
