#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/pending.hpp"
#include "daemon/commands/resolve_in_store.hpp"
#include "serve/control_json.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

std::string body_of(const pending_command& how) {
    json body{{"how", serve::word_of(how.how)}};
    if (how.number)
        body["number"] = *how.number;
    return body.dump();
}

std::string by_daemon(const asks& ask, const pending_command& how) {
    return ask_daemon(ask, "POST", target_of("/v1/pending/", how.tunnel, "/resolve"), body_of(how));
}

std::string in_store(const core::config& config, const enters& enter, const pending_command& how) {
    if (how.how == core::resolution::regenerate)
        throw command_error(exit_status::unavailable,
                            "no daemon runs, and another key is asked for by a running one\n"
                            "  -> start it (systemctl start tunnelkeyd), then resolve");
    return serve::text_of(resolve_in_store(config, how.tunnel, how.number, enter));
}

std::string line_of(const json& done) {
    const bool later = done.at("later").get<bool>();
    const auto tunnel = text_at(done, "tunnel");
    if (text_at(done, "how") == serve::word_of(core::resolution::installed))
        return tunnel + (later ? ": the key gap closes, as installed by hand, once the request under way is "
                                 "answered"
                               : ": the key gap is closed, as installed by hand");
    return tunnel + (later ? ": the stored key is given up, unless the request under way installs it"
                           : ": the stored key is given up, and another one is asked for");
}

}  // namespace

exit_status resolve(const command_context& all, const pending_command& how) {
    const auto done = with_daemon([&] { return by_daemon(all.ask, how); },
                                  [&] { return in_store(need_config(all), all.enter, how); });
    if (all.json)
        std::cout << done;
    else
        std::cout << understood<json>(done, line_of) << '\n';
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
