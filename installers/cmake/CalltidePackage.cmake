# SPDX-License-Identifier: GPL-3.0-or-later
# Packages (CPack): filled in below as the installers grow.
