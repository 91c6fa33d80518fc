#include "core/rotation.hpp"

#include <cassert>

// What a person does to a key gap that is open.
namespace tunnelkeyd::core {

rotation_action rotation::on(const event::resolved& event, moment now, double) {
    assert(record_.open);
    assert(phase_ == phase::waiting || phase_ == phase::held || phase_ == phase::preflight ||
           phase_ == phase::permit);
    if (event.how == resolution::installed)
        return ended_by_hand(event.by, now);
    note(log_level::warn, "key.discarded",
         "a person gives the stored key up, and another one is asked for; should the cloud refuse that, the "
         "stored one is sent again")
        .fields.emplace_back("by", event.by);
    reset_backoff(now);
    replace_key_ = record_.key.has_value();
    return to_regenerate(now);
}

/// No such end discharges a confirmation that is owed: nobody knows which key was installed, and when.
rotation_action rotation::ended_by_hand(const std::string& by, moment now) {
    note(log_level::warn, "rotation.resolved",
         "a person has installed a key, and says so: the key gap is closed")
        .fields.emplace_back("by", by);
    forget_strays(attempt_->gap_opened);  // the person may have installed it soon after
    const bool owed = record_.confirmation_owed;
    done_ = end_by_hand(record_, by, now.wall);
    done_->gap = now.steady - attempt_->gap_opened;
    if (record_.confirmation_owed && !owed) {
        record_.confirmation_owed = false;
        owe_confirmation(
            "a key that was sent earlier, and whose installation was never answered, may still arrive");
    }
    trouble_.reset();
    backoff_kind_.reset();
    replace_key_ = false;
    preflight_of_.reset();
    not_before_ = now.steady;
    closing_failures_ = 0;
    phase_ = phase::closing;
    return action::save{done_};
}

}  // namespace tunnelkeyd::core
