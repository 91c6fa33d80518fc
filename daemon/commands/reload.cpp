#include "daemon/commands/reload.hpp"

#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/wrap.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

// A large file takes its time, and perhaps waits for a reload that is under way.
constexpr core::duration longest_reload = std::chrono::minutes(5);

std::string changes_text(const json& changes) {
    std::string text;
    for (const char* what : {"added", "removed", "renamed", "changed", "unchanged"})
        if (const auto count = changes.at(what).get<unsigned>(); count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    return text.empty() ? "no tunnels" : "tunnels: " + text;
}

}  // namespace

std::string reload_text(const std::string& answer, const display& on) {
    return understood<json>(answer, [&](const json& from) {
        auto text = "the configuration is in force; " + changes_text(from.at("changes")) + "\n";
        for (const auto& each : from.at("warnings"))
            text += wrapped("warning: ", printable(each.get_ref<const std::string&>()), on.columns);
        for (const auto& each : from.at("needs_restart"))
            text += wrapped("counts from the next start of the daemon: ",
                            printable(each.get_ref<const std::string&>()), on.columns);
        return text;
    });
}

exit_status reload(const command_context& all) {
    const auto answer = ask_daemon(all.ask, "POST", "/v1/reload", "", longest_reload);
    std::cout << (all.json ? answer : reload_text(answer, all.out));
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
