#include "live.hpp"
#include "support/places.hpp"
#include "support/terminal.hpp"

// What is drawn on a terminal.

using tunnelkeyd::support::daemon_program;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;
using tunnelkeyd::support::terminal;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

constexpr const char* home = "\x1b[H";

std::vector<std::string> words(const live& scene, const std::vector<std::string>& some) {
    auto all = some;
    all.insert(all.end(), {"--config", scene.directory() / "config.yaml"});
    return all;
}

/// Neither hidden cursor nor open colour, and the next prompt on a line of its own.
void check_left_clean(const std::string& shown) {
    CHECK(shown.find("\x1b[?25l") == std::string::npos);
    CHECK(shown.ends_with("\n"));
    const auto paint = shown.rfind("\x1b[0m");
    for (const char* colour : {"\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"})
        if (const auto at = shown.rfind(colour); at != std::string::npos)
            CHECK(at < paint);
}

}  // namespace

TEST_CASE("status --watch draws in place what changes, until Ctrl-C") {
    live scene;
    scene.begin();
    terminal screen(daemon_program(), words(scene, {"status", "--watch"}));
    screen.wait_until([](const auto& shown) { return count(shown, home) >= 2; });
    CHECK(has(screen.shown(), "1 tunnel, 1 ok"));
    REQUIRE(scene.tell("pause", {"jira"}).status == 0);
    screen.wait_until([](const auto& shown) { return shown.find("no rotation begins") != std::string::npos; });
    CHECK(count(screen.shown(), "\x1b[2J") == 1);  // it does not flicker

    screen.type("\x03");
    CHECK(screen.wait_for_exit() == 0);
    check_left_clean(screen.shown());
    CHECK(scene.stop() == 0);
}

TEST_CASE("status --watch goes on while the daemon is away, and its exit status is the last verdict's") {
    live scene;
    scene.begin();
    terminal screen(daemon_program(), words(scene, {"status", "--watch"}));
    screen.wait_until([](const auto& shown) { return count(shown, home) >= 1; });
    scene.kill();
    screen.wait_until([](const auto& shown) { return shown.find("no daemon runs") != std::string::npos; });
    scene.start();
    scene.wait_for("control.listening", "", 2);
    scene.open_gap("jira");
    screen.wait_until([](const auto& shown) {
        return shown.find("FAILING\x1b[0m gap_open", shown.find("no daemon runs")) != std::string::npos;
    });
    screen.type("\x03");
    CHECK(screen.wait_for_exit() == 1);
    check_left_clean(screen.shown());
}

TEST_CASE("status --watch shows no more lines than a low terminal has, and no longer ones") {
    live scene(4);
    scene.begin();
    terminal screen(daemon_program(), words(scene, {"status", "--watch"}), 60, 5);
    screen.wait_until([](const auto& shown) { return count(shown, home) >= 2; });
    CHECK(has(screen.shown(), " more lines"));
    const auto begin = screen.shown().find(home);
    CHECK(count(screen.shown().substr(begin, screen.shown().find(home, begin + 1) - begin), "\n") <= 4);
    screen.type("\x03");
    CHECK(screen.wait_for_exit() == 0);
}

TEST_CASE("rotate --wait draws its progress in place, and leaves the sum") {
    live scene(2);
    scene.begin();
    scene.fault("status", "hold", {}, 1, "confluence");
    terminal screen(daemon_program(), words(scene, {"rotate", "--all", "--wait"}));
    screen.wait_until([](const auto& shown) {
        return shown.find("\r[##########..........] 1 of 2 done, 1 in flight") != std::string::npos;
    });
    scene.simulator.control().post("/release", nlohmann::json::object());
    CHECK(screen.wait_for_exit() == 0);
    CHECK(screen.shown().ends_with("\r\x1b[K2 of 2 done\r\n"));
    check_left_clean(screen.shown());
    CHECK(scene.truth("confluence").at("in_step") == true);
}

TEST_CASE("Ctrl-C wipes the progress bar and says what goes on") {
    live scene;
    scene.begin();
    scene.fault("status", "hold");
    terminal screen(daemon_program(), words(scene, {"rotate", "jira", "--wait"}));
    screen.wait_until([](const auto& shown) { return shown.find("1 in flight") != std::string::npos; });
    screen.type("\x03");
    CHECK(screen.wait_for_exit() == 1);
    CHECK(has(screen.shown(), "\r\x1b[Kno longer waited for"));
    check_left_clean(screen.shown());
    scene.simulator.control().post("/release", nlohmann::json::object());
    scene.wait_for("rotation.installed", "jira", 2);
}
