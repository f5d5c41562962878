"""The addresses of areas. What is not an area's code stands before it."""

from __future__ import annotations

from django.urls import path

from satusuara.areas.pages import area, crosswalk, districts, outlines

app_name = "areas"
urlpatterns = [
    path("wilayah/", area.index, name="index"),
    path("wilayah/<str:election>/", area.top, name="top"),
    path("wilayah/<str:election>/padanan/", crosswalk.crosswalk, name="links"),
    path("wilayah/<str:election>/dapil/<str:contest>/", districts.listing, name="districts"),
    path("wilayah/<str:election>/<str:area_code>/", area.area, name="area"),
    path("wilayah/<str:election>/<str:area_code>/batas.geojson", outlines.geojson, name="outlines"),
]
