#include "serve/connection_list.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::serve::connection_list;

namespace {

struct connection final : connection_list::member {
    void close() override { closed = true; }
    bool closed = false;
};

}  // namespace

TEST_CASE("there is room for as many connections as the limit says") {
    connection_list list(2);
    connection one, two;
    CHECK(list.make_room());
    list.add(one);
    CHECK(list.make_room());
    list.add(two);
    CHECK_FALSE((one.closed || two.closed));
    list.remove(one);
    CHECK(list.make_room());
    CHECK_FALSE(two.closed);
}

TEST_CASE("the one that has been idle for longest makes room, counted from its last request") {
    connection_list list(3);
    connection one, two, three;
    for (auto* each : {&one, &two, &three})
        list.add(*each);
    list.mark_busy(one);
    list.mark_busy(two);
    list.mark_idle(one);
    CHECK(list.make_room());
    CHECK(three.closed);
    CHECK(list.make_room());
    CHECK_FALSE(one.closed);
    CHECK(list.close_longest_idle());
    CHECK(one.closed);
    CHECK_FALSE(list.close_longest_idle());
    CHECK_FALSE(two.closed);
}

TEST_CASE("there is no room where every connection is busy") {
    connection_list list(1);
    connection one;
    list.add(one);
    list.mark_busy(one);
    CHECK_FALSE(list.make_room());
    CHECK_FALSE(one.closed);
    list.mark_idle(one);
    CHECK(list.make_room());
    CHECK(one.closed);
}

TEST_CASE("one that had to make room counts no more, whatever it does") {
    connection_list list(1);
    connection gone, next;
    list.add(gone);
    CHECK(list.make_room());
    list.add(next);
    list.mark_busy(next);
    list.mark_busy(gone);
    list.mark_idle(gone);
    CHECK_FALSE(list.make_room());
    list.remove(gone);
    list.close_all();
    CHECK(next.closed);
    list.remove(next);
    list.remove(next);
    CHECK(list.make_room());
}
