#include "daemon/config_source.hpp"

#include "config/load.hpp"
#include "config/read_proxy.hpp"

#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

using identities = std::unordered_set<core::identity, core::identity_hash>;

identities new_tunnels(const core::config& config, const core::config& in_force) {
    identities known;
    for (const auto& tunnel : in_force.tunnels)
        known.insert(tunnel.id());
    identities added;
    for (const auto& tunnel : config.tunnels)
        if (auto id = tunnel.id(); !known.contains(id))
            added.insert(std::move(id));
    return added;
}

ports::loaded_configuration read(const std::string& file, const store::state_store& store,
                                 const core::config& in_force) {
    ports::loaded_configuration found;
    auto loaded = config::load_file(file, config::process_environment());
    found.errors = std::move(loaded.errors);
    found.warnings = std::move(loaded.warnings);
    if (!loaded.value)
        return found;
    found.errors = config::environment_errors(*loaded.value, config::process_environment());
    if (!found.errors.empty())
        return found;
    if (const auto added = new_tunnels(*loaded.value, in_force); !added.empty())
        for (auto& record : store.load())
            if (added.contains(record.id))
                found.records.push_back(std::move(record));
    found.config = std::make_shared<const core::config>(std::move(*loaded.value));
    return found;
}

}  // namespace

config_source::config_source(std::string file, const store::state_store& store, run_task off_loop,
                             run_task on_loop)
    : file_(std::move(file)), store_(store), off_loop_(std::move(off_loop)), on_loop_(std::move(on_loop)) {
}

void config_source::load(std::shared_ptr<const core::config> in_force, handler done) {
    off_loop_([this, in_force = std::move(in_force), done = std::move(done)]() mutable {
        ports::loaded_configuration found;
        try {
            found = read(file_, store_, *in_force);
        } catch (const std::exception& problem) {  // out of memory, or the store cannot be read
            found = {};
            found.errors.emplace_back(file_ + ": cannot be put in force: " + problem.what());
        }
        in_force.reset();
        on_loop_([found = std::move(found), done = std::move(done)]() mutable { done(std::move(found)); });
    });
}

}  // namespace tunnelkeyd::daemon
