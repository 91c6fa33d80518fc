#include "daemon/commands/by_hand.hpp"
#include "daemon/commands/held_store.hpp"
#include "daemon/commands/pending.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace tunnelkeyd::daemon {

namespace {

struct revealed {
    pending_view gap;
    core::secret key;
};

revealed by_daemon(const asks& ask, const std::string& tunnel) {
    const auto answer = ask_daemon(ask, "POST", target_of("/v1/pending/", tunnel, "/reveal"));
    auto gap = read_revealed(answer);
    const auto json = nlohmann::json::parse(answer);
    return {std::move(gap), core::secret(json.at("token").get<std::string>())};
}

command_error no_key(const std::string& tunnel, const std::string& why, const std::string& remedy) {
    return {exit_status::failed, tunnel + ": " + why + "\n  -> " + remedy};
}

revealed from_store(const core::config& config, const std::string& tunnel) {
    const auto gaps = stored_pending(config);
    const auto gap = std::find_if(gaps.begin(), gaps.end(), [&](const auto& each) {
        return each.tunnel == tunnel || each.id.hostname == tunnel;
    });
    if (gap == gaps.end())
        throw no_key(tunnel, "it has no open key gap", "tunnelkeyd pending lists those that there are");
    if (gap->number == 0)
        throw no_key(tunnel, "its key gap is open, and no key is stored",
                     "start the daemon (systemctl start tunnelkeyd): it asks for another one");
    const held_store store(config.state);
    for (auto& record : store.load()) {
        if (!(record.id == gap->id) || !record.key)
            continue;
        if (!record.key->key)
            throw no_key(tunnel, "the stored key cannot be unsealed",
                         "see that the sealing key is the one it was sealed with; or start the daemon, which "
                         "asks for another key");
        pending_view seen;
        seen.tunnel = gap->tunnel;
        seen.instance_url = gap->instance_url;
        seen.state = gap->state;
        seen.number = gap->number;
        return {std::move(seen), core::secret(std::string(record.key->key->reveal()))};
    }
    throw no_key(tunnel, "its key gap has closed meanwhile", "tunnelkeyd pending lists those that there are");
}

const core::tunnel* settings_of(const command_context& all, const std::string& tunnel) {
    if (!all.config)
        return nullptr;
    const auto& tunnels = all.config->tunnels;
    const auto found =
        std::find_if(tunnels.begin(), tunnels.end(), [&](const auto& each) { return each.name == tunnel; });
    return found == tunnels.end() ? nullptr : &*found;
}

}  // namespace

exit_status reveal(const command_context& all, const pending_command& how) {
    if (!how.yes)
        throw command_error(exit_status::usage,
                            "pending reveal prints the key that " + how.tunnel +
                                "'s instance is to be given, in plain text, for a person to install by hand. "
                                "The daemon's log has an event of it.\n  -> tunnelkeyd pending reveal " +
                                how.tunnel + " --yes" + all.config_option);
    const auto found = with_daemon([&] { return by_daemon(all.ask, how.tunnel); },
                                   [&] { return from_store(need_config(all), how.tunnel); });
    const auto& key = found.key.reveal();
    if (all.out.terminal && printable(key) != key)
        throw command_error(exit_status::failed,
                            "the key holds characters that a terminal obeys\n  -> pipe it where it belongs");
    std::cerr << steps_by_hand(found.gap, key, settings_of(all, found.gap.tunnel), all);
    std::cout << key << '\n';
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
