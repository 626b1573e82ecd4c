"""Prints the golden values of PositionTableTest; needs torch.

The published code's call: bicubic, with the scale (grid + 0.1) / side given, which PyTorch uses for
the coordinates as it is.
"""
import torch


def resize(table, rows, columns):
    """[side, side, dim] to [rows, columns, dim]."""
    side = table.shape[0]
    scale = ((rows + 0.1) / side, (columns + 0.1) / side)
    image = table.permute(2, 0, 1)[None]
    resized = torch.nn.functional.interpolate(image, scale_factor=scale, mode="bicubic")
    assert resized.shape[-2:] == (rows, columns)
    return resized[0].permute(1, 2, 0)


def show(name, values):
    print(name)
    print(", ".join("%.15f" % v for v in values.flatten().tolist()) + ",")


for side, size in [(4, 7), (3, 1)]:
    # A row of the table is one unit vector, so the result holds the weights themselves.
    ones = torch.eye(side, dtype=torch.float64)[:, None, :].expand(side, side, side)
    show("weights %d to %d" % (side, size), resize(ones, size, side)[:, side // 2, :])

table = torch.cos(torch.arange(4 * 4 * 2, dtype=torch.float64)).reshape(4, 4, 2)
show("table 4 x 4 to 3 x 5", resize(table, 3, 5))
