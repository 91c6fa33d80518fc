#pragma once

#include "app/examination_run.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tunnelkeyd::app {

/// Examines tunnels, as many at once as it is asked for. Ports call back into it: it outlives what it asked of
/// them. Loop's thread only.
class examiner {
public:
    /// `asking`: see cloud_examiner.
    explicit examiner(const outside& world, std::function<void(const std::string&)> asking = nullptr)
        : world_(world), cloud_(world, std::move(asking)) {}
    examiner(const examiner&) = delete;
    examiner& operator=(const examiner&) = delete;

    /// `store`: its line, where the store cannot be asked. `done` is called once, from the loop.
    void examine(std::shared_ptr<const core::tunnel> settings, examination_run::result_handler done,
                 std::optional<core::check_line> store = std::nullopt);

private:
    const outside& world_;
    cloud_examiner cloud_;
    std::map<std::uint64_t, std::unique_ptr<examination_run>> runs_;  ///< those under way, by number
    std::uint64_t begun_ = 0;
};

}  // namespace tunnelkeyd::app
