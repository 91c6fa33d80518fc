#include "daemon/open_store.hpp"

#include "config/load.hpp"
#include "daemon/store_owner.hpp"

#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

std::shared_ptr<const core::tunnel> kept_settings(const std::string& text) {
    // Nothing of the environment: the text was complete when it was written.
    auto loaded = config::load_text(text, "journal", [](const char*) -> const char* { return nullptr; });
    if (!loaded.value || loaded.value->tunnels.size() != 1)
        return nullptr;
    return std::make_shared<const core::tunnel>(std::move(loaded.value->tunnels.front()));
}

}  // namespace

std::unique_ptr<store::state_store> open_store(const core::state_settings& settings,
                                               const ports::secrets& secrets,
                                               std::function<void(std::function<void()>)> post,
                                               std::function<core::steady_time()> steady_now) {
    if (const auto objected = objection_to_opening(settings.directory))
        throw store::error(store::error_kind::unusable, objected->what);
    store::settings wanted;
    wanted.directory = settings.directory;
    wanted.post = std::move(post);
    wanted.steady_now = std::move(steady_now);
    if (const auto& reference = settings.sealing_key) {
        auto read = secrets.read(*reference);
        if (const auto* error = std::get_if<ports::secret_error>(&read))
            throw store::error(store::error_kind::sealing_key, error->message);
        wanted.sealing_key = {std::make_shared<const core::secret>(std::get<core::secret>(std::move(read))),
                              core::describe(*reference)};
    }
    return std::make_unique<store::state_store>(std::move(wanted));
}

exit_status status_of(store::error_kind kind) {
    switch (kind) {
    case store::error_kind::locked:
        return exit_status::already_running;
    case store::error_kind::sealing_key:
        return exit_status::configuration;
    default:
        return exit_status::failed;
    }
}

ports::journal_contents take_stock(const store::state_store& store, const core::config& config) {
    return sort_by(config, {store.salt(), store.load()});
}

ports::journal_contents sort_by(const core::config& config, store::saved_state held) {
    std::unordered_set<core::identity, core::identity_hash> configured;
    for (const auto& tunnel : config.tunnels)
        configured.insert(tunnel.id());

    ports::journal_contents contents;
    contents.salt = held.salt;
    for (auto& record : held.records) {
        if (configured.contains(record.id)) {
            contents.records.push_back(std::move(record));
        } else if (record.open) {
            auto settings = kept_settings(record.open->settings);
            contents.leftovers.push_back({std::move(record), std::move(settings)});
        } else {
            contents.strays.insert(contents.strays.end(), record.strays.begin(), record.strays.end());
        }
    }
    return contents;
}

}  // namespace tunnelkeyd::daemon
