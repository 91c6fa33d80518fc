#include "core/by_hand.hpp"
#include "daemon/commands/by_hand.hpp"
#include "daemon/commands/held_gap.hpp"
#include "daemon/commands/pending.hpp"
#include "daemon/complaint.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/printable.hpp"
#include "serve/accounts.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

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

/// The history notes it, as with a daemon; a disk that takes no writes keeps nobody from it.
revealed from_store(const core::config& config, const enters& enter, const std::string& tunnel) {
    check_for_gap(config, tunnel);
    held_store store(config.state);
    const auto gap = find_gap(config, store, tunnel);
    const auto& key = gap.record.key;
    if (!key || !key->key)
        throw command_error(
            exit_status::failed,
            gap.tunnel +
                (key ? ": the stored key cannot be unsealed: it was sealed with "
                       "another sealing key"
                     : ": its key gap is open, and no key is stored") +
                "\n  -> start the daemon (systemctl start tunnelkeyd): it asks for another one");
    auto line = core::by_hand(gap.record, core::outcome::revealed, serve::user_text(::getuid()), store.now());
    if (const auto error = store.save({{gap.record, std::move(line)}}); !error.empty())
        complain_of_failure("the history could not be written: " + error);
    enter(gap.tunnel, without_daemon("pending reveal", config.state.directory));
    pending_view seen;
    seen.tunnel = gap.tunnel;
    seen.instance_url = gap.instance_url;
    seen.state = gap.held ? "held" : "waiting";
    seen.number = key->generation;
    return {std::move(seen), core::secret(key->key->reveal())};
}

const core::tunnel* settings_of(const command_context& all, const std::string& tunnel) {
    const auto* config = all.config->get();
    return config == nullptr ? nullptr : find_tunnel(*config, tunnel);
}

}  // namespace

exit_status reveal(const command_context& all, const pending_command& how) {
    if (!how.yes)
        throw command_error(exit_status::usage,
                            "pending reveal prints the key that " + how.tunnel +
                                "'s instance is to be given, in plain text, for a person to install by hand. "
                                "The history notes who saw it.\n  -> tunnelkeyd pending reveal " +
                                how.tunnel + " --yes" + all.config_option);
    const auto found = with_daemon([&] { return by_daemon(all.ask, how.tunnel); },
                                   [&] { return from_store(need_config(all), all.enter, how.tunnel); });
    const auto& key = found.key.reveal();
    if (all.out.terminal && printable(key) != key)
        throw command_error(exit_status::failed,
                            "the key holds characters that a terminal obeys\n  -> pipe it where it belongs");
    std::cerr << steps_by_hand(found.gap, key, settings_of(all, found.gap.tunnel), all);
    std::cout << key << '\n';
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
