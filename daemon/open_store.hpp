#pragma once

#include "app/supervisor.hpp"
#include "core/config.hpp"
#include "daemon/exit_status.hpp"
#include "ports/secrets.hpp"
#include "store/saved_state.hpp"
#include "store/state_store.hpp"

#include <functional>
#include <memory>

namespace tunnelkeyd::daemon {

/// Opens the state store that the configuration names. Throws store::error: for another user than the
/// directory's owner, too (store_owner.hpp).
std::unique_ptr<store::state_store> open_store(const core::state_settings& settings,
                                               const ports::secrets& secrets,
                                               std::function<void(std::function<void()>)> post,
                                               std::function<core::steady_time()> steady_now);

/// What the process ends with when the store cannot be opened.
exit_status status_of(store::error_kind kind);

/// What the store holds, sorted into what is configured and what was left behind with an open key gap. Records
/// of other tunnels that are no longer configured stay where they are. Throws store::error.
ports::journal_contents take_stock(const store::state_store& store, const core::config& config);

/// The same of what was read without opening it.
ports::journal_contents sort_by(const core::config& config, store::saved_state held);

}  // namespace tunnelkeyd::daemon
