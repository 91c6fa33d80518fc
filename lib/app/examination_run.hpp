#pragma once

#include "app/cloud_examiner.hpp"

#include <functional>
#include <memory>

namespace tunnelkeyd::app {

/// One examination of one tunnel: every check of a preflight, those behind a failed one too, and the way there.
/// It logs in to the instance once at most, changes nothing anywhere, and says nothing to the organization's
/// gate: what a rotation may do is decided by rotations.
///
/// Ports call back into it: keep it alive until `done` has been called, which happens once, from the loop.
class examination_run {
public:
    using result_handler = std::function<void(core::examination)>;

    examination_run(const outside& world, cloud_examiner& cloud, std::shared_ptr<const core::tunnel> settings,
                    result_handler done);
    examination_run(const examination_run&) = delete;
    examination_run& operator=(const examination_run&) = delete;

    void start();
    /// The same where the store cannot be asked: its line.
    void start(core::check_line store);

private:
    void read_secrets(const cloud_examiner::answer& found);
    void find_way();
    void ask_state();
    void ask_credentials();
    void end();
    /// Notes that this check is not made, if it cannot or need not be.
    bool skips(std::string_view check, bool wanted, const char* setting);

    const outside& world_;
    cloud_examiner& cloud_;
    std::shared_ptr<const core::tunnel> settings_;
    result_handler done_;
    core::secret authorization_;
    core::examination found_;
};

}  // namespace tunnelkeyd::app
