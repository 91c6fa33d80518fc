#include "crash/store_look.hpp"

#include "store/state_store.hpp"
#include "support/child_process.hpp"

#include <exception>

namespace tunnelkeyd::crash {

namespace {

store_look look_at(const core::tunnel_record& record) {
    store_look seen;
    seen.confirmation_owed = record.confirmation_owed;
    if (record.open)
        seen.found = record.key && !record.open->intent ? store_look::state::sealed : store_look::state::intent;
    else if (record.last_success)
        seen.found = store_look::state::done;
    return seen;
}

}  // namespace

store_look look_into(const std::filesystem::path& state_directory) {
    if (!std::filesystem::exists(state_directory / "state.db"))
        return {};
    const support::temporary_directory scratch;
    const auto copy = scratch.path() / "state";
    std::filesystem::copy(state_directory, copy);
    store::settings wanted;
    wanted.directory = copy;
    wanted.post = [](std::function<void()>) {};
    wanted.steady_now = [] { return core::steady_time(); };
    try {
        const store::state_store store(std::move(wanted));
        const auto records = store.load();
        return records.empty() ? store_look() : look_at(records.front());
    } catch (const std::exception& problem) {
        store_look failed;
        failed.problem = problem.what();
        return failed;
    }
}

}  // namespace tunnelkeyd::crash
