#pragma once

#include "store/state_store.hpp"
#include "support/temporary_directory.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the store's tests share: a directory that goes away, an event loop that is run by hand, records.
namespace tunnelkeyd::store_tests {

using support::temporary_directory;

/// Tasks may be posted from any thread; they run where the test says so.
class loop {
public:
    [[nodiscard]] std::function<void(std::function<void()>)> poster();

    /// Runs tasks until `condition` holds; false if that takes longer than 20 s.
    bool run_until(const std::function<bool()>& condition);

    /// How many tasks have run.
    [[nodiscard]] int turns() const noexcept { return turns_; }

private:
    struct tasks;
    std::shared_ptr<tasks> tasks_;
    int turns_ = 0;

public:
    loop();
};

/// A store with its loop and a clock that stands still.
struct opened_store {
    explicit opened_store(const std::string& directory,
                          std::optional<store::configured_sealing_key> key = std::nullopt);

    /// Saves and runs the loop until the answer is there: the error, or "".
    std::string save(const core::tunnel_record& record,
                     std::optional<core::history_entry> ended = std::nullopt);
    std::string probe();

    loop events;
    core::steady_time now{std::chrono::hours(1)};
    store::state_store store;
};

core::identity numbered(int number);
core::wall_time at(std::int64_t seconds);

/// With every optional part, and no value twice.
core::tunnel_record full_record(int number = 1);

/// With none.
core::tunnel_record bare_record(int number = 1);

core::history_entry ended_at(std::int64_t seconds);

/// In hex: 32 times the byte `fill`.
store::configured_sealing_key sealing_key_of(char fill);

bool same(const core::tunnel_record& a, const core::tunnel_record& b);
bool same(const core::history_entry& a, const core::history_entry& b);

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view bytes);

/// The bytes of every file in a directory, one after the other.
std::string all_bytes(const std::string& directory);

/// The error that opening a store on `directory` gives; fails the test if it opens.
store::error refusal(const std::string& directory,
                     std::optional<store::configured_sealing_key> key = std::nullopt);

}  // namespace tunnelkeyd::store_tests
