#include "serve/accounts.hpp"
#include "serve/user_namespace.hpp"
#include "support/child_process.hpp"
#include "support/control_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;
using lines = std::vector<std::string>;

namespace {

constexpr const char* curl = "/usr/bin/curl";
constexpr const char* setpriv = "/usr/bin/setpriv";
constexpr unsigned some_user = 23'456;  // of which /etc/passwd knows nothing
constexpr unsigned some_group = 23'457;

bool is_there(const char* program) {
    if (::access(program, X_OK) == 0)
        return true;
    std::cout << "skipped: there is no " << program << '\n';
    return false;
}

bool can_be_somebody_else() {
    if (::geteuid() == 0)
        return is_there(setpriv) && is_there(curl);
    std::cout << "skipped: only root can become another user\n";
    return false;
}

/// What curl prints: the body, and behind it the status.
std::string run(const std::string& program, const lines& arguments) {
    const support::temporary_directory own;
    support::child_process process(program, arguments, own / "output");
    CHECK(process.wait_for_exit() == 0);
    return process.output();
}

/// Asks as another user, who is in these groups.
std::string ask_as(const control_fixture& at, unsigned user, const std::string& groups, const lines& what) {
    lines words{"--reuid=" + std::to_string(user),
                "--regid=" + std::to_string(user),
                groups.empty() ? "--clear-groups" : "--groups=" + groups,
                curl,
                "-sS",
                "--max-time",
                "30",
                "-w",
                "%{http_code}",
                "--unix-socket",
                at.socket};
    words.insert(words.end(), what.begin(), what.end());
    return run(setpriv, words);
}

/// So that the kernel lets everybody in, and the server alone decides.
void open_to_all(const control_fixture& at) {
    std::filesystem::permissions(at.directory.path(), std::filesystem::perms(0755));
    REQUIRE(::chmod(at.socket.c_str(), 0666) == 0);
    REQUIRE(::chown(at.socket.c_str(), 0, some_group) == 0);
}

/// "control.refused BY PATH" of each line of the log.
lines told_by(control_fixture& at) {
    lines told;
    at.on_loop([&] {
        for (const auto& each : at.log.lines)
            told.push_back(std::string(each.event.name) + " " + each.event.fields.at(0).second + " " +
                           each.event.fields.at(1).second);
    });
    return told;
}

const lines rotate{"-X", "POST", "http://localhost/v1/tunnels/jira/rotate"};
const lines reveal{"-X", "POST", "http://localhost/v1/pending/jira/reveal"};
const lines resolve{"-d", R"({"how": "regenerate"})", "http://localhost/v1/pending/jira/resolve"};

}  // namespace

TEST_CASE("curl is served as documented") {
    if (!is_there(curl))
        return;
    control_fixture at;
    const auto tell = [&](lines what) {
        what.insert(what.begin(), {"-sS", "--max-time", "30", "--unix-socket", at.socket});
        return run(curl, what);
    };
    CHECK(json::parse(tell({"http://localhost/status"})).at("tunnels").size() == 3);
    CHECK(tell({"-X", "POST", "http://localhost/v1/tunnels/jira/rotate"}) ==
          "{\"tunnel\":\"jira\",\"joined\":true}\n");
    CHECK(tell({"-d", R"({"how": "installed", "number": 4})", "http://localhost/v1/pending/jira/resolve"}) ==
          "{\"tunnel\":\"jira\",\"how\":\"installed\",\"later\":false}\n");
    CHECK(json::parse(
              tell({"-G", "-d", "limit=7", "--data-urlencode", "tunnel=a b", "http://localhost/v1/history"}))
              .at("rotations")
              .size() == 1);
    CHECK(at.daemon.asked().back() == "history a b 7");
}

TEST_CASE("somebody who is not in the socket's group is refused, even where the kernel lets him in") {
    if (!can_be_somebody_else())
        return;
    control_fixture at;
    open_to_all(at);
    for (const auto& what :
         {rotate, reveal, resolve, lines{"http://localhost/status"}, lines{"http://localhost/no"}}) {
        const auto got = ask_as(at, some_user, "23458", what);
        REQUIRE(got.ends_with("}\n403"));
        const auto refusal = json::parse(got.substr(0, got.size() - 3));
        CHECK(refusal.at("code") == "forbidden");
        CHECK(refusal.at("message") == "uid 23456 may not ask here");
        CHECK(refusal.at("remedy") == "be root, the daemon's user (root), or a member of the group that owns " +
                                          at.socket +
                                          " (gid 23457); a new membership counts from the next login");
    }
    CHECK(at.daemon.asked().empty());
    const std::string refused = "control.refused uid 23456 ";
    CHECK(told_by(at) == lines{refused + "/v1/tunnels/jira/rotate", refused + "/v1/pending/jira/reveal",
                               refused + "/v1/pending/jira/resolve", refused + "/status", refused + "/no"});
}

TEST_CASE("the socket's group may ask for all but a key and its end") {
    if (!can_be_somebody_else())
        return;
    control_fixture at;
    open_to_all(at);
    CHECK(ask_as(at, some_user, "23458,23457", rotate).ends_with("}\n202"));
    CHECK(ask_as(at, some_group, "", rotate).ends_with("}\n202"));  // as the main group
    CHECK(at.daemon.asked() == lines{"rotate jira by uid 23456", "rotate jira by uid 23457"});
    for (const auto& what : {reveal, resolve}) {
        const auto got = ask_as(at, some_user, "23457", what);
        CHECK(got == R"({"code":"forbidden","message":"uid 23456 may not ask for this",)"
                     R"("remedy":"do it as root, or as the daemon's user: root"})"
                     "\n403");
    }
    CHECK(at.daemon.asked().size() == 2);
    CHECK(ask_as(at, 0, "", resolve).ends_with("}\n200"));
    CHECK(told_by(at) == lines{"control.refused uid 23456 /v1/pending/jira/reveal",
                               "control.refused uid 23456 /v1/pending/jira/resolve"});
}

TEST_CASE("without a user namespace nobody and nogroup are a user and a group like others") {
    if (!can_be_somebody_else())
        return;
    if (serve::hides_users()) {
        std::cout << "skipped: these tests themselves run in a user namespace\n";
        return;
    }
    constexpr unsigned nobody = serve::unseen_number;
    control_fixture at;
    open_to_all(at);
    REQUIRE(::chown(at.socket.c_str(), 0, nobody) == 0);
    CHECK(ask_as(at, some_user, "65534", rotate).ends_with("}\n202"));
    CHECK(ask_as(at, nobody, "65534", rotate).ends_with("}\n202"));
    CHECK(at.daemon.asked() == lines{"rotate jira by uid 23456", "rotate jira by uid 65534 (nobody)"});
    CHECK(ask_as(at, nobody, "65534", reveal)
              .starts_with(R"({"code":"forbidden","message":"uid 65534 (nobody) may not ask for this")"));
    CHECK(ask_as(at, some_user, "23458", rotate).find("owns " + at.socket + " (nogroup); a new") !=
          std::string::npos);
}

TEST_CASE("another group for the socket's file counts at once") {
    if (!can_be_somebody_else())
        return;
    const control_fixture at;
    open_to_all(at);
    CHECK(ask_as(at, some_user, "23458", rotate).ends_with("403"));
    REQUIRE(::chown(at.socket.c_str(), 0, 23'458) == 0);
    CHECK(ask_as(at, some_user, "23458", rotate).ends_with("202"));
}

TEST_CASE("the kernel keeps out who is not in the socket's group") {
    if (!can_be_somebody_else())
        return;
    const control_fixture at;
    std::filesystem::permissions(at.directory.path(), std::filesystem::perms(0755));
    const support::temporary_directory own;
    support::child_process process(setpriv,
                                   {"--reuid=23456", "--regid=23456", "--clear-groups", curl, "-sS",
                                    "--unix-socket", at.socket, "http://localhost/livez"},
                                   own / "output");
    CHECK(process.wait_for_exit() == 7);  // could not connect
}

TEST_CASE("users are named as far as this machine's own list knows them") {
    CHECK(serve::user_text(0) == "root");
    CHECK(serve::user_text(some_user) == "uid 23456");
    CHECK(serve::user_text(1) == "uid 1 (daemon)");
    CHECK(serve::group_of_file("/").starts_with(" ("));
    CHECK(serve::group_of_file("/no/such/file").empty());
}
