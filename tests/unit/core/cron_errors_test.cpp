#include "cron_fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core::testing;

TEST_CASE("five fields are needed") {
    const std::string rest = "; five are needed: minute, hour, day of month, month, day of week";
    CHECK(problem_of("") == "has 0 fields" + rest);
    CHECK(problem_of(" \t ") == "has 0 fields" + rest);
    CHECK(problem_of("5") == "has 1 field" + rest);
    CHECK(problem_of("0 0 * *") == "has 4 fields" + rest);
    CHECK(problem_of("0 0 0 * * *") == "has 6 fields" + rest);
    CHECK(problem_of("0 0 * * * 2026 x") == "has 7 fields" + rest);
    CHECK(problem_of(" @daily") == "has 1 field" + rest);
}

TEST_CASE("a value out of range is told with the range") {
    CHECK(problem_of("60 0 * * *") == "minute: 60 is not within 0-59");
    CHECK(problem_of("0 24 * * *") == "hour: 24 is not within 0-23");
    CHECK(problem_of("0 0 0 * *") == "day of month: 0 is not within 1-31");
    CHECK(problem_of("0 0 32 * *") == "day of month: 32 is not within 1-31");
    CHECK(problem_of("0 0 * 0 *") == "month: 0 is not within 1-12");
    CHECK(problem_of("0 0 * 13 *") == "month: 13 is not within 1-12");
    CHECK(problem_of("0 0 * * 8") == "day of week: 8 is not within 0-7");
    CHECK(problem_of("0-60 0 * * *") == "minute: 60 is not within 0-59");
    CHECK(problem_of("1,2,99/2 0 * * *") == "minute: 99 is not within 0-59");
}

TEST_CASE("only the first problem is told") {
    CHECK(problem_of("61,62 24 * * *") == "minute: 61 is not within 0-59");
}

TEST_CASE("a step is a number from 1 on, and needs a range") {
    CHECK(problem_of("*/0 * * * *") == R"(minute: a step is a number from 1 on: "*/0")");
    CHECK(problem_of("* 1-5/ * * *") == R"(hour: a step is a number from 1 on: "1-5/")");
    CHECK(problem_of("*/-2 * * * *") == R"(minute: a step is a number from 1 on: "*/-2")");
    CHECK(problem_of("*/2/3 * * * *") == R"(minute: a step is a number from 1 on: "*/2/3")");
    CHECK(problem_of("* * * * */mon") == R"(day of week: a step is a number from 1 on: "*/mon")");
    CHECK(problem_of("5/15 * * * *") == R"(minute: a step needs a range: write 5-59/15 for "5/15")");
    CHECK(problem_of("* * * * mon/2") == R"(day of week: a step needs a range: write mon-6/2 for "mon/2")");
    CHECK(problem_of("* * * 2/3 *") == R"(month: a step needs a range: write 2-12/3 for "2/3")");
}

TEST_CASE("a range that runs backwards is told with the two that were meant") {
    CHECK(problem_of("* 22-2 * * *") == R"(hour: the range "22-2" runs backwards: write two, as in 22-23,0-2)");
    CHECK(problem_of("* * 28-3 * *") ==
          R"(day of month: the range "28-3" runs backwards: write two, as in 28-31,1-3)");
    CHECK(problem_of("* * * nov-feb *") ==
          R"(month: the range "nov-feb" runs backwards: write two, as in nov-12,1-feb)");
    CHECK(problem_of("* * * * fri-mon") ==
          R"(day of week: the range "fri-mon" runs backwards: write two, as in fri-6,0-mon)");
    CHECK(problem_of("* * * * 7-2") == R"(day of week: the range "7-2" runs backwards: write 0-2)");
}

TEST_CASE("what a message about a backwards range suggests is right itself") {
    for (const std::string text : {"* 22-2 * * *", "* * 28-3 * *", "* * * nov-feb *", "* * * * fri-mon",
                                   "* * * * 7-2", "* * * * 7-sat"}) {
        const auto problem = problem_of(text);
        const auto hint = problem.rfind(' ');
        REQUIRE(problem.find("runs backwards: write ") != std::string::npos);
        auto mended = text;
        const auto begin = mended.find('-');
        const auto first = mended.rfind(' ', begin) + 1;
        mended.replace(first, std::min(mended.find(' ', begin), mended.size()) - first,
                       problem.substr(hint + 1));
        INFO(text << " became " << mended);
        CHECK(problem_of(mended).empty());
    }
}

TEST_CASE("an item that is empty is told") {
    CHECK(problem_of(", * * * *") == "minute: a value is missing");
    CHECK(problem_of("5, * * * *") == "minute: a value is missing");
    CHECK(problem_of("5,,6 * * * *") == "minute: a value is missing");
    CHECK(problem_of("* -5 * * *") == "hour: a value is missing");
    CHECK(problem_of("* 5- * * *") == "hour: a value is missing");
    CHECK(problem_of("* - * * *") == "hour: a value is missing");
    CHECK(problem_of("/5 * * * *") == "minute: a value is missing");
}

TEST_CASE("what other programs know besides is no value here") {
    CHECK(problem_of("0 0 L * *") == R"(day of month: "L" is no value: use 1-31)");
    CHECK(problem_of("0 0 15W * *") == R"(day of month: "15W" is no value: use 1-31)");
    CHECK(problem_of("0 0 ? * *") == R"(day of month: "?" is no value: use 1-31)");
    CHECK(problem_of("0 0 * * fri#2") == R"(day of week: "fri#2" is no value: use 0-7 or sun-sat)");
    CHECK(problem_of("0 0 * * 5L") == R"(day of week: "5L" is no value: use 0-7 or sun-sat)");
    CHECK(problem_of("H H * * *") == R"(minute: "H" is no value: use 0-59)");
    CHECK(problem_of("0 0 * january *") == R"(month: "january" is no value: use 1-12 or jan-dec)");
    CHECK(problem_of("0 0 * * monday") == R"(day of week: "monday" is no value: use 0-7 or sun-sat)");
    CHECK(problem_of("+5 0 * * *") == R"(minute: "+5" is no value: use 0-59)");
    CHECK(problem_of("** 0 * * *") == R"(minute: "**" is no value: use 0-59)");
    CHECK(problem_of("*-5 0 * * *") == R"(minute: "*" is no value: use 0-59)");
    CHECK(problem_of("1-2-3 0 * * *") == R"(minute: "2-3" is no value: use 0-59)");
    CHECK(problem_of("~ 0 * * *") == R"(minute: "~" is no value: use 0-59)");
    CHECK(problem_of("0 0 * * *\n") == "day of week: \"*\n\" is no value: use 0-7 or sun-sat");
}

TEST_CASE("an unknown nickname is told, with those that are known") {
    CHECK(problem_of("@reboot") == "@reboot is no time: a daemon's start rotates nothing");
    const std::string unknown =
        "unknown nickname; use @yearly, @monthly, @weekly, @daily or @hourly, or five fields";
    for (const auto* text : {"@", "@never", "@Daily", "@daily ", "@daily 5", "@every 1h"})
        CHECK(problem_of(text) == unknown);
}

TEST_CASE("what never comes is told") {
    for (const auto* text :
         {"0 0 30 2 *", "0 0 31 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30,31 feb */2", "0 0 31 4-4 */7"})
        CHECK(problem_of(text) == "never comes: no such month has such a day");
    for (const auto* text : {"0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 mon", "0 0 29 2 */7", "0 0 */31 2 *"})
        CHECK(problem_of(text).empty());
}

TEST_CASE("a very long text is told in short") {
    CHECK(problem_of(std::string(100'000, '9') + " * * * *") ==
          "minute: \"" + std::string(40, '9') + "\" is no value: use 0-59");
    CHECK(problem_of("*/" + std::string(100'000, '9') + " * * * *") ==
          "minute: a step is a number from 1 on: \"*/" + std::string(38, '9') + "\"");
    CHECK(problem_of(std::string(100'000, '*')).size() < 100);
    CHECK(problem_of("@" + std::string(100'000, 'x')).size() < 100);
    const auto zeros = std::string(100'000, '0');
    CHECK(problem_of(zeros + "5/2 * * * *").size() < 200);
    CHECK(problem_of(zeros + "5-" + zeros + "2 * * * *").size() < 200);
    std::string list = "0";
    for (int i = 0; i < 20'000; ++i)
        list += "," + std::to_string(i % 60);
    CHECK(problem_of(list + " * * * *").empty());
}
