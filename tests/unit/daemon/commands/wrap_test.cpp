#include "daemon/commands/wrap.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::daemon::shortened;
using tunnelkeyd::daemon::wrapped;

TEST_CASE("a long text is broken at blanks, and hangs behind its beginning") {
    CHECK(wrapped("  -> ", "bring the instance back, or the network", 24) == "  -> bring the instance\n"
                                                                             "     back, or the\n"
                                                                             "     network\n");
    CHECK(wrapped("", "short", 80) == "short\n");
    CHECK(wrapped("x: ", "", 80) == "x: \n");
}

TEST_CASE("a line may be as wide as the display, and a word that is wider stays whole") {
    CHECK(wrapped("", "12345 67890", 11) == "12345 67890\n");
    CHECK(wrapped("", "12345 67890", 10) == "12345\n67890\n");
    CHECK(wrapped("- ", "see https://jira.example.com/jira now", 10) ==
          "- see\n  https://jira.example.com/jira\n  now\n");
}

TEST_CASE("a name that is too long keeps its beginning and its end") {
    CHECK(shortened("jira-production-eu-west-1", 15) == "jira-p...west-1");
    CHECK(shortened("jira", 4) == "jira");
    CHECK(shortened("jira-1", 5) == "j...1");
    CHECK(shortened("jira-1", 3) == "jir");
}
