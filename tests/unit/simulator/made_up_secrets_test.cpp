#include "simulator/made_up_secrets.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

using tunnelkeyd::simulator::made_up_secrets;
using tunnelkeyd::support::read_file;

TEST_CASE("a reference has one made-up secret, in a file that is called after it") {
    const tunnelkeyd::support::temporary_directory own;
    made_up_secrets secrets(own.path());
    const auto first = secrets.stand_in("file", "/etc/secrets/jira-pat");
    REQUIRE(first == own / "jira-pat");
    REQUIRE(secrets.stand_in("file", "/etc/secrets/jira-pat") == first);
    REQUIRE(read_file(first) == secrets.in(first) + "\n");
}

TEST_CASE("different references have different secrets, however alike their names are") {
    const tunnelkeyd::support::temporary_directory own;
    made_up_secrets secrets(own.path());
    const auto first = secrets.stand_in("file", "/a/pat");
    const auto second = secrets.stand_in("file", "/b/pat");
    const auto third = secrets.stand_in("env", "pat");
    REQUIRE(second == own / "pat-2");
    REQUIRE(third == own / "pat-3");
    REQUIRE(secrets.in(first) != secrets.in(second));
    REQUIRE(secrets.in(second) != secrets.in(third));
}

TEST_CASE("whatever a reference says, the file is in the directory") {
    const tunnelkeyd::support::temporary_directory own;
    made_up_secrets secrets(own.path());
    for (const auto& value : {std::string("/"), std::string("/a/.."), std::string("/a/b c\xC3\xA9'\"$(x)"),
                              "/" + std::string(255, 'x')})
        CHECK(std::filesystem::path(secrets.stand_in("file", value)).parent_path() == own.path());
    REQUIRE(tunnelkeyd::support::files_in(own.path()).size() == 4);
}
