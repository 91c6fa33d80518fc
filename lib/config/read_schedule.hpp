#pragma once

#include "config/mapping.hpp"
#include "core/config.hpp"

namespace tunnelkeyd::config {

/// On top of what `into` says, which are the defaults: `cron` and `every` replace each other, `windows` is
/// replaced as a whole.
void read(const field& from, core::schedule& into);

}  // namespace tunnelkeyd::config
